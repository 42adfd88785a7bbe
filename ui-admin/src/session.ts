import { InMemoryWebStorage, WebStorageStateStore } from 'oidc-client-ts';
import type { AuthProviderProps } from 'react-oidc-context';

/** Where the browser was when it went to sign in; carried through the redirect. */
export interface ReturnState {
  readonly path: string;
}

/**
 * Code + PKCE against the node's own issuer. Tokens live in memory only: a reload signs in again, and nothing that
 * opens the API is left in the browser's storage.
 */
export function sessionSettings(origin: string): AuthProviderProps {
  return {
    authority: `${origin}/oidc`,
    client_id: 'precinct-ui',
    redirect_uri: `${origin}/callback`,
    post_logout_redirect_uri: `${origin}/`,
    scope: 'openid organization:*',
    response_type: 'code',
    automaticSilentRenew: true,
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    onSigninCallback: (user) => {
      const state = user?.state as ReturnState | undefined;
      window.history.replaceState({}, '', state?.path ?? '/');
      window.dispatchEvent(new PopStateEvent('popstate'));
    },
  };
}
