import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { cellText } from '../../parts/values';
import { linesOf, type Image } from './images';

interface Properties {
  readonly label: string;
  readonly states: readonly { readonly name: string; readonly image: Image | undefined }[];
}

/** The states of one entity as columns. Where all of them have the entity, only what differs is shown. */
export function ImageTable({ label, states }: Properties) {
  const lines = linesOf(states.map((state) => state.image));
  const shown = states.every((state) => state.image) ? lines.filter((line) => !line.same) : lines;
  const alike = lines.length - shown.length;
  return (
    <>
      <Table aria-label={label} variant="compact" className="image-table">
        <Thead>
          <Tr>
            <Th>Property</Th>
            {states.map((state) => (
              <Th key={state.name}>{state.name}</Th>
            ))}
          </Tr>
        </Thead>
        <Tbody>
          {shown.map((line) => (
            <Tr key={line.name}>
              <Td dataLabel="Property">{line.name}</Td>
              {states.map((state, at) => (
                <Td key={state.name} dataLabel={state.name} className={line.values[at] === null ? 'value-null' : ''}>
                  {state.image ? cellText(line.values[at]) : <span className="value-null">absent</span>}
                </Td>
              ))}
            </Tr>
          ))}
        </Tbody>
      </Table>
      {alike > 0 && (
        <p className="hint">
          {alike} {alike === 1 ? 'property is' : 'properties are'} the same.
        </p>
      )}
    </>
  );
}
