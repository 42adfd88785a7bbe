import { FormGroup, FormHelperText, HelperText, HelperTextItem, Label, Radio, TextArea } from '@patternfly/react-core';
import { useId } from 'react';
import { Identity } from '../../parts/Identity';
import { ImageTable } from './ImageTable';
import { canBeSettled, isObject, type Choice, type Conflict } from './settlement';

const KINDS: Readonly<Record<string, string>> = {
  divergent_insert: 'made on both sides',
  divergent_update: 'changed on both sides',
  delete_vs_update: 'deleted here, changed there',
  orphan_edge: 'edge without an end',
  unique_violation: 'not unique together',
  cardinality_violation: 'too many or too few edges together',
  value_constraint_violation: 'value not allowed',
};

interface Properties {
  readonly conflict: Conflict;
  readonly source: string;
  readonly target: string;
  readonly choice: Choice | undefined;
  readonly choose: (choice: Choice) => void;
}

/** One conflict: the three states of the entity, and the choice between them. */
export function ConflictCard({ conflict, source, target, choice, choose }: Properties) {
  const id = useId();
  const name = `${conflict.type_name ?? ''} ${conflict.entity_id ?? ''}`.trim() || conflict.message;
  const images = [
    { name: 'Before both', image: conflict.base },
    { name: target, image: conflict.ours },
    { name: source, image: conflict.theirs },
  ];
  const start = JSON.stringify((conflict.ours ?? conflict.theirs)?.properties ?? {}, null, 2);
  return (
    <section className="conflict" aria-label={`Conflict: ${name}`}>
      <h4>
        <Label isCompact status="warning">
          {KINDS[conflict.kind] ?? conflict.kind}
        </Label>{' '}
        {conflict.type_name} {conflict.entity_id !== undefined && <Identity id={conflict.entity_id} />}
      </h4>
      <p>{conflict.message}</p>
      {images.some((one) => one.image) && <ImageTable label={`States of ${name}`} states={images} />}
      {canBeSettled(conflict) ? (
        <FormGroup role="radiogroup" label="What the merge makes of it" fieldId={id} className="choice">
          <Radio
            id={`${id}-ours`}
            name={id}
            label={conflict.ours ? `Keep what ${target} has` : `Keep it deleted, as on ${target}`}
            isChecked={choice?.use === 'ours'}
            onChange={() => choose({ use: 'ours' })}
          />
          <Radio
            id={`${id}-theirs`}
            name={id}
            label={conflict.theirs ? `Take what ${source} has` : `Delete it, as on ${source}`}
            isChecked={choice?.use === 'theirs'}
            onChange={() => choose({ use: 'theirs' })}
          />
          <Radio
            id={`${id}-value`}
            name={id}
            label="Other values"
            isChecked={choice?.use === 'value'}
            onChange={() => choose({ use: 'value', text: start })}
          />
          {choice?.use === 'value' && (
            <>
              <TextArea
                aria-label={`Values of ${name} as JSON`}
                aria-describedby={`${id}-help`}
                value={choice.text}
                rows={8}
                resizeOrientation="vertical"
                className="values"
                validated={isObject(choice.text) ? 'default' : 'error'}
                onChange={(_event, text) => choose({ use: 'value', text })}
              />
              <FormHelperText>
                <HelperText id={`${id}-help`}>
                  <HelperTextItem variant={isObject(choice.text) ? 'default' : 'error'}>
                    {isObject(choice.text) ? 'All properties of the entity, as a JSON object.' : 'This is no JSON object.'}
                  </HelperTextItem>
                </HelperText>
              </FormHelperText>
            </>
          )}
        </FormGroup>
      ) : (
        <p>
          <strong>No choice settles this.</strong> Correct one of the branches, then look again.
        </p>
      )}
    </section>
  );
}
