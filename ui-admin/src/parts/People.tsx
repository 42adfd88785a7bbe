import { createContext, useContext } from 'react';
import { Identity } from './Identity';

/** Names by subject id, as far as they are known here. */
const PeopleContext = createContext<ReadonlyMap<string, string>>(new Map());
export const PeopleProvider = PeopleContext.Provider;

/** A subject by name; by the end of its id where no name is known. The whole id is the title. */
export function Person({ id }: { id: string }) {
  const name = useContext(PeopleContext).get(id);
  return name === undefined ? <Identity id={id} /> : <span title={id}>{name}</span>;
}
