import {
  Button,
  Card,
  CardBody,
  CardHeader,
  CardTitle,
  Form,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  Modal,
  ModalBody,
  ModalFooter,
  ModalHeader,
  TextInput,
} from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import { dataOf, useApi } from '../../api/client';
import { Refusal } from '../../parts/Refusal';
import { place } from './place';

const MAIN = 'main';
/** The server has the last word; this saves the way to it. */
const NAME = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.-]+(?:\/[\w.-]+)*$/;

interface Properties {
  readonly tenant: string;
  readonly graph: string;
  readonly branches: readonly string[];
  readonly chosen: string;
  readonly onCreated: (branch: string) => void;
  readonly onDeleted: (branch: string) => void;
}

/** The branches of a graph: each leads to its commits, and all but main can be deleted. */
export function BranchList({ tenant, graph, branches, chosen, onCreated, onDeleted }: Properties) {
  const [creating, setCreating] = useState(false);
  const [doomed, setDoomed] = useState<string>();
  return (
    <Card>
      <CardHeader
        actions={{
          actions: (
            <Button variant="secondary" onClick={() => setCreating(true)}>
              Create branch
            </Button>
          ),
        }}
      >
        <CardTitle component="h2">Branches of {graph}</CardTitle>
      </CardHeader>
      <CardBody>
        <Table aria-label={`Branches of ${graph}`} variant="compact" gridBreakPoint="">
          <Thead>
            <Tr>
              <Th>Branch</Th>
              <Th screenReaderText="Actions" />
            </Tr>
          </Thead>
          <Tbody>
            {branches.map((branch) => (
              <Tr key={branch} isRowSelected={branch === chosen}>
                <Td dataLabel="Branch" modifier="breakWord">
                  <Link to={place({ graph, branch })} aria-current={branch === chosen ? 'true' : undefined}>
                    {branch}
                  </Link>
                </Td>
                <Td isActionCell>
                  {branch !== MAIN && (
                    <Button variant="link" isDanger isInline aria-label={`Delete ${branch}`} onClick={() => setDoomed(branch)}>
                      Delete
                    </Button>
                  )}
                </Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      </CardBody>
      {creating && (
        <Create
          tenant={tenant}
          graph={graph}
          branches={branches}
          start={chosen}
          close={() => setCreating(false)}
          onCreated={(branch) => {
            setCreating(false);
            onCreated(branch);
          }}
        />
      )}
      {doomed !== undefined && (
        <Delete
          tenant={tenant}
          graph={graph}
          branch={doomed}
          close={() => setDoomed(undefined)}
          onDeleted={() => {
            setDoomed(undefined);
            onDeleted(doomed);
          }}
        />
      )}
    </Card>
  );
}

interface CreateProperties {
  readonly tenant: string;
  readonly graph: string;
  readonly branches: readonly string[];
  readonly start: string;
  readonly close: () => void;
  readonly onCreated: (branch: string) => void;
}

function Create({ tenant, graph, branches, start, close, onCreated }: CreateProperties) {
  const api = useApi();
  const [name, setName] = useState('');
  const [from, setFrom] = useState(start);
  const create = useMutation({
    mutationFn: () =>
      dataOf(api.POST('/v1/tenants/{tenant}/graphs/{graph}/branches', { params: { path: { tenant, graph } }, body: { name, from } })),
    onSuccess: () => onCreated(name),
  });
  const taken = branches.includes(name);
  const bad = name !== '' && (taken || !NAME.test(name) || name.length > 200);
  const ready = name !== '' && !bad && !create.isPending;
  return (
    <Modal isOpen variant="small" onClose={close} aria-labelledby="create-title">
      <ModalHeader title="Create a branch" labelId="create-title" />
      <ModalBody>
        <Form
          id="create-branch"
          onSubmit={(event) => {
            event.preventDefault();
            if (ready) create.mutate();
          }}
        >
          <FormGroup label="Name" isRequired fieldId="branch-name">
            <TextInput
              id="branch-name"
              value={name}
              autoFocus
              isRequired
              validated={bad ? 'error' : 'default'}
              aria-describedby="branch-name-help"
              onChange={(_event, value) => setName(value)}
            />
            <FormHelperText>
              <HelperText id="branch-name-help">
                <HelperTextItem variant={bad ? 'error' : 'default'}>
                  {taken ? 'There is a branch of this name.' : 'Letters, digits and . _ - in parts divided by /, such as fares/summer.'}
                </HelperTextItem>
              </HelperText>
            </FormHelperText>
          </FormGroup>
          <FormGroup label="Starts at" fieldId="branch-from">
            <FormSelect id="branch-from" value={from} onChange={(_event, value) => setFrom(value)}>
              {branches.map((branch) => (
                <FormSelectOption key={branch} value={branch} label={branch} />
              ))}
            </FormSelect>
          </FormGroup>
          {create.isError && <Refusal title="The branch was not created" error={create.error} />}
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="create-branch" isDisabled={!ready} isLoading={create.isPending}>
          Create
        </Button>
        <Button variant="link" onClick={close}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}

interface DeleteProperties {
  readonly tenant: string;
  readonly graph: string;
  readonly branch: string;
  readonly close: () => void;
  readonly onDeleted: () => void;
}

function Delete({ tenant, graph, branch, close, onDeleted }: DeleteProperties) {
  const api = useApi();
  const remove = useMutation({
    mutationFn: () =>
      dataOf(api.DELETE('/v1/tenants/{tenant}/graphs/{graph}/branches/{branch}', { params: { path: { tenant, graph, branch } } })),
    onSuccess: onDeleted,
  });
  return (
    <Modal isOpen variant="small" onClose={close} aria-labelledby="delete-title" aria-describedby="delete-body">
      <ModalHeader title={`Delete ${branch}?`} labelId="delete-title" titleIconVariant="warning" />
      <ModalBody id="delete-body">
        <p>Commits that were not merged into another branch can’t be reached afterwards.</p>
        {remove.isError && <Refusal title="The branch was not deleted" error={remove.error} />}
      </ModalBody>
      <ModalFooter>
        <Button variant="danger" onClick={() => remove.mutate()} isDisabled={remove.isPending} isLoading={remove.isPending}>
          Delete
        </Button>
        <Button variant="link" onClick={close}>
          Cancel
        </Button>
      </ModalFooter>
    </Modal>
  );
}
