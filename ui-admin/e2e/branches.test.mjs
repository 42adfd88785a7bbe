import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, picture, signIn, URL_OF_SERVER, withBrowser } from './browser.mjs';

const BRANCH = 'e2e/cities';
const GRAPH = `${URL_OF_SERVER}/v1/tenants/skyways/graphs/network`;

/** Signs in and catches the token that the page sends, to write as the same person without the page. */
async function signedIn(page, account, path) {
  let authorization;
  page.on('request', (request) => (authorization = request.headers().authorization ?? authorization));
  await signIn(page, account, path);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return async (body) => {
    const answer = await page.request.post(`${GRAPH}/mutate`, { data: body, headers: { authorization } });
    assert.equal(answer.status(), 200, await answer.text());
  };
}

const city = (name) => `query c() { update Airport set { city: "${name}" } where iata = "SEA" }`;
const settled = (page) => page.waitForFunction(() => !document.querySelector('main [role=progressbar]'));

test('a branch is made, looked at, merged through its conflict and deleted, by the keyboard', () =>
  withBrowser(async (page) => {
    const mutate = await signedIn(page, 'skyways/admin', '/branches');
    await mutate({ query: city('Seattle') });
    await page.getByRole('button', { name: 'Create branch' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Name' }).waitFor();
    await page.keyboard.type(BRANCH);
    await picture(page, 'branches-create');
    await assertAccessible(page);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: `Commits of ${BRANCH}` }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('branch'), BRANCH);

    await mutate({ branch: BRANCH, query: city('Seatac') });
    await mutate({ query: city('Sea-Tac') });
    await page.reload();
    await page.getByTestId('tenant').or(page.getByRole('button', { name: /^admin of skyways/i })).first().waitFor();
    if (!(await page.getByTestId('tenant').isVisible())) await page.getByRole('button', { name: /^admin of skyways/i }).click();
    await page.getByRole('heading', { name: `Commits of ${BRANCH}` }).waitFor();
    assert.equal(new URL(page.url()).searchParams.get('branch'), BRANCH, 'a reload returns to the same branch');

    const newest = page.getByRole('grid', { name: `Commits of ${BRANCH}` }).getByRole('link').first();
    await newest.focus();
    await page.keyboard.press('Enter');
    const changes = page.getByRole('grid', { name: 'Airport SEA' });
    await changes.waitFor();
    assert.deepEqual(await changes.locator('tbody td').allInnerTexts(), ['city', 'Seattle', 'Seatac']);
    await picture(page, 'branches-changes');
    await assertAccessible(page);

    await page.getByRole('link', { name: 'Merge …' }).focus();
    await page.keyboard.press('Enter');
    const conflict = page.getByRole('region', { name: 'Conflict: Airport SEA' });
    await conflict.waitFor();
    const merge = page.getByRole('button', { name: 'Merge into main' });
    assert.ok(await merge.isDisabled());
    await page.getByText('1 conflict is not settled yet.').waitFor();
    await conflict.getByRole('radio', { name: `Take what ${BRANCH} has` }).focus();
    await page.keyboard.press('Space');
    await picture(page, 'branches-conflict');
    await assertAccessible(page);
    await merge.focus();
    await page.keyboard.press('Enter');
    await page.getByTestId('merged').getByText(`${BRANCH} was merged into main`).waitFor();
    await picture(page, 'branches-merged');
    await page.getByRole('link', { name: /^Changes of/ }).focus();
    await page.keyboard.press('Enter');
    await changes.waitFor();
    assert.deepEqual(await changes.locator('tbody td').allInnerTexts(), ['city', 'Sea-Tac', 'Seatac']);

    await page.getByRole('button', { name: `Delete ${BRANCH}` }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).waitFor();
    await picture(page, 'branches-delete');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: BRANCH, exact: true }).waitFor({ state: 'detached' });
  }));

test('an analyst sees branches and is denied a merge and a branch, with the decision', () =>
  withBrowser(async (page) => {
    await signIn(page, 'skyways/west-analyst', '/branches?graph=network&branch=main&into=elsewhere');
    assert.match(await page.getByTestId('denied').innerText(), /Decision \S+/);
    await picture(page, 'branches-denied');
    await page.getByRole('button', { name: 'Create branch' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('mine');
    await page.getByRole('button', { name: 'Create', exact: true }).click();
    assert.match(await page.getByTestId('refusal').innerText(), /no_grant[\s\S]*Decision \S+/);
    await assertAccessible(page);
  }));

test('branches and console are readable in the dark and on a phone', () =>
  withBrowser(
    async (page) => {
      await page.emulateMedia({ colorScheme: 'dark' });
      for (const path of ['/branches?graph=network&branch=main', '/console', '/overview', '/audit']) {
        await signIn(page, 'skyways/admin', path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await settled(page);
        await picture(page, `dark${path.split('?')[0].replace('/', '-')}`);
        await assertAccessible(page);
        await page.context().clearCookies();
      }
    },
    { width: 390, height: 844 },
  ));
