import type { Schemas } from '../../api/client';

export type Conflict = Schemas['MergeConflict'];
export type Choice =
  | { readonly use: 'ours' }
  | { readonly use: 'theirs' }
  /** `text` is the JSON object of all properties, as it is being written. */
  | { readonly use: 'value'; readonly text: string };

/** Choices by {@link keyOf} of their conflict. */
export type Choices = ReadonlyMap<string, Choice>;

const OF_ONE_ENTITY = new Set(['divergent_insert', 'divergent_update', 'delete_vs_update']);

export const keyOf = (conflict: Conflict): string => JSON.stringify([conflict.type_name, conflict.entity_id]);

/** Whether a choice can settle it; a broken constraint is corrected on a branch instead. */
export function canBeSettled(conflict: Conflict): boolean {
  return OF_ONE_ENTITY.has(conflict.kind) && conflict.type_name !== undefined && conflict.entity_id !== undefined;
}

export function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** What still keeps a merge from being asked for: conflicts without a choice, choices that can't be read. */
export function openConflicts(
  conflicts: readonly Conflict[],
  count: number,
  choices: Choices,
  otherwise: 'ours' | 'theirs' | undefined,
): { readonly unsettled: number; readonly impossible: number } {
  const impossible = conflicts.filter((one) => !canBeSettled(one)).length;
  const unsettled = conflicts.filter((one) => canBeSettled(one)).filter((one) => {
    const choice = choices.get(keyOf(one));
    return choice ? choice.use === 'value' && !isObject(choice.text) : otherwise === undefined;
  }).length;
  return { unsettled: unsettled + (otherwise === undefined ? count - conflicts.length : 0), impossible };
}

/** The choices as the merge route takes them; only those of conflicts that there still are. */
export function resolutionsOf(conflicts: readonly Conflict[], choices: Choices): Schemas['ResolutionBody'][] {
  return conflicts.flatMap((conflict): Schemas['ResolutionBody'][] => {
    const choice = choices.get(keyOf(conflict));
    if (!choice || !canBeSettled(conflict)) return [];
    const entity = { type_name: conflict.type_name ?? '', entity_id: conflict.entity_id ?? '' };
    return choice.use === 'value'
      ? [{ ...entity, use: choice.use, value: JSON.parse(choice.text) as Schemas['JsonNode'] }]
      : [{ ...entity, use: choice.use }];
  });
}
