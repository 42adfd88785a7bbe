import type { UserManagerSettings } from 'oidc-client-ts';
import { expect, test } from 'vitest';
import { sessionSettings } from './session';

test('a stored user reaches neither of the storages of the browser', async () => {
  const { userStore } = sessionSettings('http://127.0.0.1:1') as UserManagerSettings;
  await userStore?.set('user', 'access-token');
  expect(await userStore?.get('user')).toBe('access-token');
  expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('access-token');
});

test('the code flow is asked for at the issuer of this very node', () => {
  const settings = sessionSettings('http://127.0.0.1:1');
  expect(settings).toMatchObject({
    authority: 'http://127.0.0.1:1/oidc',
    redirect_uri: 'http://127.0.0.1:1/callback',
    response_type: 'code',
  });
});

test('after signing in the browser is where it was before, without the code in its address', () => {
  window.history.replaceState({}, '', '/callback?code=c');
  void sessionSettings('http://127.0.0.1:1').onSigninCallback?.({ state: { path: '/console' } } as never);
  expect(window.location.pathname + window.location.search).toBe('/console');
});
