import createClient, { type Client } from 'openapi-fetch';
import { createContext, useContext } from 'react';
import type { components, paths } from './schema';

export type Api = Client<paths>;
export type Schemas = components['schemas'];
export type Me = Schemas['Me'];

/** What the API answers a refused or failed request with. */
export interface Problem {
  readonly status: number;
  readonly error: string;
  readonly code?: string;
  readonly retry?: string;
  readonly request_id?: string;
  readonly decision_id?: string;
  readonly reasons?: readonly string[];
  readonly diagnostics?: readonly Diagnostic[];
  readonly merge_conflicts?: readonly Schemas['MergeConflict'][];
}

/** One finding about a text; offsets are UTF-16 units. */
export interface Diagnostic {
  readonly code: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly start?: number;
  readonly end?: number;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.error);
  }
}

export function apiWith(token: () => string | undefined, baseUrl = ''): Api {
  const client = createClient<paths>({ baseUrl });
  client.use({
    onRequest({ request }) {
      const bearer = token();
      if (bearer) request.headers.set('Authorization', `Bearer ${bearer}`);
      return request;
    },
  });
  return client;
}

/** The data of an answer, or an {@link ApiError} that carries the body of the refusal. */
export async function dataOf<T>(answer: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  let settled;
  try {
    settled = await answer;
  } catch {
    throw new ApiError({ status: 0, error: 'The server does not answer. Check that it runs, then try again.' });
  }
  const { data, error, response } = settled;
  if (!response.ok || data === undefined) {
    const body = typeof error === 'object' && error !== null ? (error as Partial<Problem>) : {};
    throw new ApiError({ error: `The server answered ${response.status}.`, ...body, status: response.status });
  }
  return data;
}

const ApiContext = createContext<Api | undefined>(undefined);
export const ApiProvider = ApiContext.Provider;

export function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error('useApi needs an ApiProvider above it');
  return api;
}
