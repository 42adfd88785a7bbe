import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, picture, signIn, URL_OF_SERVER, withBrowser } from './browser.mjs';

const empty = async (page) => {
  const field = page.getByRole('textbox', { name: 'Query' });
  await field.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  return field;
};
/** A list of completions takes no key for 75 ms after it opened, so that nothing is chosen by accident. */
const choose = async (page) => {
  await page.locator('.cm-tooltip-autocomplete li[aria-selected]').waitFor();
  await page.waitForTimeout(100);
  await page.keyboard.press('Enter');
};
const labels = (page) => page.locator('.cm-completionLabel').allInnerTexts();

test('a query is written with completions alone: types, edges, properties of what a variable stands for', () =>
  withBrowser(async (page) => {
    await signIn(page, 'skyways/admin', '/console');
    const field = await empty(page);
    const list = page.getByRole('listbox', { name: 'Completions' });
    await page.keyboard.type('query q() { match { $a: ');
    await list.waitFor();
    assert.deepEqual(await labels(page), ['Airport']);
    await choose(page);
    await page.keyboard.type(' $a ro');
    await list.waitFor();
    assert.deepEqual(await labels(page), ['route']);
    await choose(page);
    await page.keyboard.type(' $b } return { $b.');
    await list.waitFor();
    assert.deepEqual((await labels(page)).sort(), ['city', 'country', 'iata', 'latitude', 'longitude', 'name', 'state']);
    await picture(page, 'console-completion');
    await assertAccessible(page);
    await page.keyboard.type('ia');
    await choose(page);
    await page.keyboard.type(' } limit 3 }');
    assert.match(await field.innerText(), /\$a: Airport \$a route \$b } return { \$b\.iata } limit 3 }/);
    await page.getByRole('status').getByText('No errors').waitFor();
    await page.keyboard.press('Control+Enter');
    await page.getByText('3 rows').waitFor();
  }));

test('errors are marked while writing, reached by the keyboard, and gone with the text they were of', () =>
  withBrowser(async (page) => {
    await signIn(page, 'skyways/admin', '/console');
    const field = await empty(page);
    await page.keyboard.insertText('query q() {\n  match { $a: Airport  $a routes $b }\n  return { $a.iata }\n}');
    const mark = page.locator('.cm-lintRange-error');
    await mark.first().waitFor();
    assert.equal(await mark.first().innerText(), 'routes');
    await page.getByRole('status').getByText('1 error').waitFor();
    assert.match(await page.getByTestId('diagnostics').innerText(), /T4[\s\S]*line 2, column 27/);
    await page.locator('.cm-lint-marker-error').waitFor();
    await page.keyboard.press('F8');
    await page.locator('.cm-tooltip-lint').or(page.locator('.cm-panel-lint')).first().waitFor();
    await picture(page, 'console-error');
    await assertAccessible(page);
    await page.keyboard.press('Escape');
    await page.getByTestId('diagnostics').getByRole('button', { name: 'Write route' }).focus();
    await page.keyboard.press('Enter');
    assert.equal(await mark.count(), 0, 'the mark leaves with its text, before the next answer');
    await page.getByRole('status').getByText('No errors').waitFor();
    assert.match(await field.innerText(), /\$a route \$b/);
  }));

test('an answer that a later text has overtaken marks nothing', () =>
  withBrowser(async (page) => {
    await signIn(page, 'skyways/admin', '/console');
    await page.getByRole('status').getByText('No errors').waitFor();
    let release;
    const held = new Promise((resolve) => (release = resolve));
    await page.route('**/lint', async (route) => {
      if (route.request().postData().includes('Wrong')) await held;
      await route.continue().catch(() => undefined);
    });
    await empty(page);
    const asked = page.waitForRequest((request) => request.url().endsWith('/lint') && request.postData().includes('Wrong'));
    await page.keyboard.insertText('query q() { match { $a: Wrong } return { $a.iata } }');
    const wrong = await asked;
    const withdrawn = page.waitForEvent('requestfailed', (request) => request === wrong);
    await empty(page);
    await page.keyboard.insertText('query q() { match { $a: Airport } return { $a.iata } }');
    await page.getByRole('status').getByText('No errors').waitFor();
    release();
    await withdrawn;
    assert.equal(await page.locator('.cm-lintRange-error').count(), 0);
    assert.equal(await page.getByRole('status').innerText(), 'No errors');
  }));

test('the session is renewed before its token runs out, and the page stays', () =>
  withBrowser(async (page) => {
    await page.clock.install();
    let bearer;
    page.on('request', (request) => (bearer = request.headers().authorization ?? bearer));
    const given = page.waitForResponse((answer) => answer.url().endsWith('/oidc/token') && answer.request().method() === 'POST');
    await signIn(page, 'skyways/admin', '/console');
    const { expires_in: life } = await (await given).json();
    const first = bearer;
    await empty(page);
    await page.keyboard.insertText('query mine() {');
    const renewed = page.waitForResponse((answer) => answer.url().endsWith('/oidc/token'));
    await page.clock.fastForward((life - 50) * 1000);
    const answer = await renewed;
    assert.equal(answer.status(), 200);
    assert.match(answer.request().postData(), /grant_type=refresh_token/);
    await page.keyboard.insertText(' ');
    const lint = page.waitForRequest((request) => request.url().endsWith('/lint'));
    await page.clock.fastForward(1000);
    assert.notEqual((await lint).headers().authorization, first);
    assert.match(await page.getByRole('textbox', { name: 'Query' }).innerText(), /query mine\(\)/);
  }));

test('the sign-in page can be read, light and dark', () =>
  withBrowser(async (page) => {
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      await page.goto(URL_OF_SERVER);
      await page.getByRole('heading', { name: 'Sign in to Precinct' }).waitFor();
      await picture(page, `sign-in-${colorScheme}`);
      await assertAccessible(page);
    }
  }));

test('the person who is signed in has a name', () =>
  withBrowser(async (page) => {
    await signIn(page, 'skyways/admin', '/overview');
    assert.match(await page.getByTestId('subject').innerText(), /admin of Skyways/i);
    await page.getByTestId('graph-network').getByText('admin of Skyways').first().waitFor();
  }));
