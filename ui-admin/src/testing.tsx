import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render } from '@testing-library/react';
import axe from 'axe-core';
import type { ReactNode } from 'react';
import { MemoryRouter } from 'react-router';
import { expect, vi } from 'vitest';
import { ApiProvider, apiWith } from './api/client';
import type { Me } from './api/client';

export const WEST: Me = {
  subject: 'u-1',
  type: 'user',
  tenant: { id: 't-1', slug: 'skyways', display_name: 'Skyways' },
  roles: ['west-analyst'],
};

export interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: string;
  readonly authorization: string | null;
}

type Reply = (asked: Asked) => { readonly status?: number; readonly body: unknown };

/** An API that answers by method and path, and keeps what it was asked. */
export class FakeApi {
  readonly asked: Asked[] = [];
  private readonly replies = new Map<string, Reply>();

  on(route: string, reply: Reply): this {
    this.replies.set(route, reply);
    return this;
  }

  install(): void {
    vi.stubGlobal('fetch', async (request: Request) => {
      const asked: Asked = {
        method: request.method,
        url: new URL(request.url),
        body: await request.text(),
        authorization: request.headers.get('Authorization'),
      };
      this.asked.push(asked);
      const reply = this.replies.get(`${asked.method} ${asked.url.pathname}`);
      const { status = 200, body } = reply ? reply(asked) : { status: 404, body: { error: 'no such route' } };
      return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
    });
  }
}

/** Shows a page as a signed-in member would get it. */
export function show(api: FakeApi, page: ReactNode, path = '/') {
  api.install();
  const client = apiWith(() => 'secret', 'http://precinct.test');
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  return render(
    <QueryClientProvider client={queries}>
      <MemoryRouter initialEntries={[path]}>
        <ApiProvider value={client}>
          <main>{page}</main>
        </ApiProvider>
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

/** Every rule that needs no layout. */
export async function expectAccessible(element: Element) {
  const { violations } = await axe.run(element, { rules: { 'color-contrast': { enabled: false } } });
  expect(violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
}
