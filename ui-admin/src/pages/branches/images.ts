import type { Schemas } from '../../api/client';
import { cellText } from '../../parts/values';

export type Image = Schemas['Image'];

/** One property, or an end of an edge, in several states of an entity; a state without the entity has nothing. */
export interface Line {
  readonly name: string;
  readonly values: readonly (unknown | undefined)[];
  readonly same: boolean;
}

/** The states of one entity side by side, ends first, then properties by name. */
export function linesOf(images: readonly (Image | undefined)[]): readonly Line[] {
  const flat = images.map((image) => image && { ...image.endpoints, ...(image.properties as Record<string, unknown>) });
  const ends = ['from', 'to'].filter((end) => images.some((image) => image?.endpoints && end in image.endpoints));
  const names = new Set(flat.flatMap((one) => Object.keys(one ?? {})));
  ends.forEach((end) => names.delete(end));
  return [...ends, ...[...names].sort()].map((name) => {
    const values = flat.map((one) => one?.[name as keyof typeof one] as unknown);
    const texts = values.map((value, at) => (flat[at] === undefined ? undefined : cellText(value)));
    return { name, values, same: texts.every((text) => text === texts[0]) };
  });
}
