import {
  ActionList,
  ActionListItem,
  Alert,
  Button,
  Card,
  CardBody,
  CardTitle,
  Checkbox,
  Form,
  FormGroup,
  FormSelect,
  FormSelectOption,
} from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { ApiError, dataOf, useApi, type Schemas } from '../../api/client';
import { Identity } from '../../parts/Identity';
import { Refusal } from '../../parts/Refusal';
import { Failed, Loading } from '../../parts/States';
import { ConflictCard } from './ConflictCard';
import { place } from './place';
import { keyOf, openConflicts, resolutionsOf, type Choice, type Choices } from './settlement';

interface Properties {
  readonly tenant: string;
  readonly graph: string;
  readonly branches: readonly string[];
  readonly source: string;
  readonly target: string;
}

/** Prepares a merge: what it would do, how its conflicts are settled, and then does it. */
export function Merge({ tenant, graph, branches, source, target }: Properties) {
  const api = useApi();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const title = useRef<HTMLHeadingElement>(null);
  const [choices, setChoices] = useState<Choices>(new Map());
  const [otherwise, setOtherwise] = useState<'ours' | 'theirs'>();
  const [deleteBranch, setDeleteBranch] = useState(false);
  useEffect(() => title.current?.focus(), []);
  const path = { tenant, graph };
  const preview = useQuery({
    queryKey: ['merge', tenant, graph, source, target],
    queryFn: () =>
      dataOf(
        api.POST('/v1/tenants/{tenant}/graphs/{graph}/branches/merge:preview', { params: { path }, body: { source, target } }),
      ),
    // A preview is of this moment.
    staleTime: 0,
    gcTime: 0,
  });
  const merge = useMutation({
    mutationFn: (resolutions: Schemas['ResolutionBody'][]) =>
      dataOf(
        api.POST('/v1/tenants/{tenant}/graphs/{graph}/branches/merge', {
          params: { path },
          body: { source, target, resolutions, ...(deleteBranch && { delete_branch: true }), ...(otherwise && { otherwise }) },
        }),
      ),
    onSuccess: () => {
      for (const what of ['branches', 'commits', 'snapshot']) void queries.invalidateQueries({ queryKey: [what, tenant, graph] });
    },
    // Whatever was refused, the branches may have moved since the preview.
    onError: () => void preview.refetch(),
  });
  const choose = (key: string, choice: Choice) => setChoices((before) => new Map(before).set(key, choice));
  const found = preview.data;
  const open = found && openConflicts(found.conflicts, found.conflict_count, choices, otherwise);
  const ready = open !== undefined && open.unsettled === 0 && open.impossible === 0 && !preview.isFetching && !merge.isPending;
  return (
    <Card data-testid="merge">
      <CardTitle>
        <h2 ref={title} tabIndex={-1} className="focus-target">
          Merge {source}
        </h2>
      </CardTitle>
      {merge.isSuccess ? (
        <CardBody>
          <Merged graph={graph} merged={merge.data} />
        </CardBody>
      ) : (
        <>
          <CardBody>
            <Form>
              <FormGroup label="Into" fieldId="merge-target">
                <FormSelect
                  id="merge-target"
                  value={target}
                  onChange={(_event, into) => void navigate(place({ graph, branch: source, into }))}
                >
                  {branches
                    .filter((branch) => branch !== source)
                    .map((branch) => (
                      <FormSelectOption key={branch} value={branch} label={branch} />
                    ))}
                </FormSelect>
              </FormGroup>
            </Form>
          </CardBody>
          <CardBody>
            {preview.isPending && <Loading what="Looking at what the merge would do" />}
            {preview.isError && <Failed error={preview.error} retry={() => void preview.refetch()} />}
            {found && <Outcome preview={found} />}
          </CardBody>
          {found && found.conflict_count > 0 && (
            <CardBody>
              <section aria-label="Conflicts">
                <h3>
                  {found.conflict_count.toLocaleString('en-US')} {found.conflict_count === 1 ? 'conflict' : 'conflicts'}
                </h3>
                {found.conflicts.map((conflict, index) => (
                  <ConflictCard
                    // Several entities that break a constraint together have no name.
                    key={`${keyOf(conflict)} ${index}`}
                    conflict={conflict}
                    source={source}
                    target={target}
                    choice={choices.get(keyOf(conflict))}
                    choose={(choice) => choose(keyOf(conflict), choice)}
                  />
                ))}
                <Form>
                  <FormGroup label="Conflicts without a choice" fieldId="merge-otherwise">
                    <FormSelect
                      id="merge-otherwise"
                      value={otherwise ?? ''}
                      onChange={(_event, value) => setOtherwise(value === 'ours' || value === 'theirs' ? value : undefined)}
                    >
                      <FormSelectOption value="" label="Stop the merge" />
                      <FormSelectOption value="ours" label={`Keep what ${target} has`} />
                      <FormSelectOption value="theirs" label={`Take what ${source} has`} />
                    </FormSelect>
                  </FormGroup>
                </Form>
              </section>
            </CardBody>
          )}
          {merge.isError && (
            <CardBody>
              <Refusal title="Nothing was merged" error={merge.error} />
              <NewConflicts error={merge.error} />
            </CardBody>
          )}
          {found && found.outcome !== 'already_up_to_date' && (
            <CardBody>
              {source !== 'main' && (
                <Checkbox
                  id="merge-delete"
                  label={`Delete ${source} afterwards`}
                  isChecked={deleteBranch}
                  onChange={(_event, checked) => setDeleteBranch(checked)}
                />
              )}
              <p role="status" className="merge-state">
                {open && stateOf(open)}
              </p>
              <ActionList>
                <ActionListItem>
                  <Button
                    onClick={() => merge.mutate(resolutionsOf(found.conflicts, choices))}
                    isDisabled={!ready}
                    isLoading={merge.isPending}
                  >
                    Merge into {target}
                  </Button>
                </ActionListItem>
                <ActionListItem>
                  <Button variant="secondary" onClick={() => void preview.refetch()} isLoading={preview.isFetching}>
                    Look again
                  </Button>
                </ActionListItem>
                <ActionListItem>
                  <Button variant="link" onClick={() => void navigate(place({ graph, branch: source }))}>
                    Cancel
                  </Button>
                </ActionListItem>
              </ActionList>
            </CardBody>
          )}
        </>
      )}
    </Card>
  );
}

function stateOf({ unsettled, impossible }: { readonly unsettled: number; readonly impossible: number }): string {
  if (impossible > 0) return 'A broken constraint stops this merge: correct one of the branches, then look again.';
  if (unsettled > 0) return `${unsettled} ${unsettled === 1 ? 'conflict is' : 'conflicts are'} not settled yet.`;
  return '';
}

function Outcome({ preview }: { preview: Schemas['PreviewOutput'] }) {
  const { source, target, outcome, changes } = preview;
  return (
    <>
      <p data-testid="outcome">
        {outcome === 'already_up_to_date' && `${target} has everything of ${source} already; there is nothing to merge.`}
        {outcome === 'fast_forward' &&
          `${target} has no commit of its own since ${source} began: it becomes what ${source} is, schema included.`}
        {outcome === 'merged' && `Both branches have commits of their own: the merge is one commit with two parents on ${target}.`}
      </p>
      {changes.length > 0 && (
        <Table aria-label={`What ${target} gets`} variant="compact">
          <Thead>
            <Tr>
              <Th>Type</Th>
              <Th>Inserted</Th>
              <Th>Updated</Th>
              <Th>Deleted</Th>
            </Tr>
          </Thead>
          <Tbody>
            {changes.map((change) => (
              <Tr key={change.type_name}>
                <Td dataLabel="Type">{change.type_name}</Td>
                <Td dataLabel="Inserted">{change.inserted.toLocaleString('en-US')}</Td>
                <Td dataLabel="Updated">{change.updated.toLocaleString('en-US')}</Td>
                <Td dataLabel="Deleted">{change.deleted.toLocaleString('en-US')}</Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </>
  );
}

function NewConflicts({ error }: { error: unknown }) {
  const conflicts = error instanceof ApiError ? (error.problem.merge_conflicts ?? []) : [];
  return conflicts.length === 0 ? null : (
    <ul>
      {conflicts.map((conflict, index) => (
        <li key={index}>{conflict.message}</li>
      ))}
    </ul>
  );
}

function Merged({ graph, merged }: { graph: string; merged: Schemas['MergeOutput'] }) {
  const { source, target, commit } = merged;
  const text = useRef<HTMLDivElement>(null);
  useEffect(() => text.current?.focus(), []);
  return (
    <div ref={text} tabIndex={-1} className="focus-target" data-testid="merged">
      <Alert isInline variant="success" title={`${source} was merged into ${target}`}>
        {commit && (
          <p>
            <Link to={place({ graph, branch: target, commit: commit.graph_commit_id })}>
              Changes of <Identity id={commit.graph_commit_id} />
            </Link>
          </p>
        )}
        {merged.branch_deleted === true && <p>{source} was deleted.</p>}
      </Alert>
      {merged.branch_delete_error !== undefined && (
        <Alert isInline variant="warning" title={`${source} was not deleted`}>
          {merged.branch_delete_error}
        </Alert>
      )}
    </div>
  );
}
