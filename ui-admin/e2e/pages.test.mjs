import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertAccessible, picture, runQuery, signIn, URL_OF_SERVER, withBrowser } from './browser.mjs';

const BY_STATE =
  'query s() { match { $a: Airport } return { $a.state as state, count($a) as n } order { state } }';
const WEST = ['AK', 'AZ', 'CA', 'CO', 'HI', 'ID', 'MT', 'NM', 'NV', 'OR', 'UT', 'WA', 'WY'];
const PAGES = ['Overview', 'Query console', 'Branches', 'Audit'];

/** The page's own heading: a lazy page leaves the one before it standing for a moment. The overview's is the tenant. */
const open = async (page, name) => {
  await page.getByRole('link', { name, exact: true }).click();
  const heading = name === 'Overview' ? await page.getByTestId('tenant').innerText() : name;
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
  await page.waitForFunction(() => !document.querySelector('main [role=progressbar]'));
};

test('the overview counts what a west analyst may see', () =>
  withBrowser(async (page) => {
    await signIn(page, 'skyways/west-analyst');
    const card = page.getByTestId('graph-network');
    await card.getByText('972', { exact: true }).waitFor();
    await card.getByText('936', { exact: true }).waitFor();
    await open(page, 'Overview');
    await picture(page, 'overview');
    await assertAccessible(page);
  }));

test('a query returns the visible states alone, draws, and names the rule that applied', () =>
  withBrowser(async (page) => {
    await signIn(page, 'skyways/west-analyst', '/console');
    await page.getByRole('button', { name: 'Run' }).click();
    await page.getByTestId('row-count').waitFor();
    await page.getByRole('tab', { name: 'Picture' }).click();
    await page.getByTestId('graph-picture').locator('canvas').first().waitFor();
    await picture(page, 'console-picture');
    await runQuery(page, BY_STATE);
    await page.getByText('13 rows').waitFor();
    await page.getByRole('tab', { name: 'Rows' }).click();
    const states = await page.locator('td[data-label=state]').allInnerTexts();
    assert.deepEqual(states.map((text) => text.trim()), WEST);
    await picture(page, 'console-rows');
    await assertAccessible(page);
    await page.getByRole('tab', { name: 'Decision' }).click();
    const rule = await page.getByTestId('rule-Airport').innerText();
    assert.match(rule, /state/);
    for (const state of WEST) assert.match(rule, new RegExp(state));
    await picture(page, 'console-decision');
    await assertAccessible(page);
  }));

test('a text with errors shows where they are', () =>
  withBrowser(async (page) => {
    await signIn(page, 'skyways/west-analyst', '/console');
    await runQuery(page, 'query s() { match { $a: Aeroport } return { $a.state } }');
    const findings = await page.getByTestId('diagnostics').innerText();
    assert.match(findings, /line 1, column \d+/);
    await picture(page, 'console-diagnostics');
    await assertAccessible(page);
  }));

test('an analyst is denied the trail with the decision that says so; an administrator finds the query in it', async () => {
  await withBrowser(async (page) => {
    await signIn(page, 'skyways/west-analyst', '/console');
    await runQuery(page, BY_STATE);
    await page.getByTestId('row-count').waitFor();
    await open(page, 'Audit');
    assert.match(await page.getByTestId('denied').innerText(), /Decision \S+/);
    await picture(page, 'audit-denied');
    await assertAccessible(page);
  });
  await withBrowser(async (page) => {
    await signIn(page, 'skyways/admin', '/audit');
    await page.getByRole('gridcell', { name: 'query.run' }).first().waitFor();
    await picture(page, 'audit');
    await assertAccessible(page);
  });
});

test('nothing of one tenant reaches another one', () =>
  withBrowser(async (page) => {
    await signIn(page, 'forge/admin');
    for (const name of PAGES) {
      await open(page, name);
      const text = await page.locator('body').innerText();
      for (const foreign of [/skyways/i, /network/i, /Airport/]) assert.doesNotMatch(text, foreign, name);
    }
  }));

test('a query that the policy refuses says so, with the decision', () =>
  withBrowser(async (page) => {
    await signIn(page, 'skyways/guest', '/console');
    await runQuery(page, 'query north() { match { $a: Airport $a.latitude > 60.0 } return { $a.iata } }');
    const denied = page.getByTestId('denied');
    await denied.getByText('masked_property:Airport.latitude').waitFor();
    assert.match(await denied.innerText(), /Decision \S+/);
    await picture(page, 'console-denied');
  }));

test('signing in returns to the page that was asked for, and leaves no token in the storages', () =>
  withBrowser(async (page) => {
    await signIn(page, 'skyways/west-analyst', '/console');
    assert.equal(new URL(page.url()).pathname, '/console');
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.doesNotMatch(kept, /access_token|eyJ/);
  }));

test('the keyboard alone signs in, opens the console and runs', () =>
  withBrowser(async (page) => {
    const tabTo = async (locator) => {
      for (let step = 0; step < 40; step += 1) {
        if (await locator.evaluate((element) => element === document.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      assert.fail('forty steps of the Tab key do not reach the element');
    };
    await page.goto(URL_OF_SERVER);
    await tabTo(page.getByRole('button', { name: /^west-analyst of skyways/i }));
    await page.keyboard.press('Enter');
    await page.getByTestId('tenant').waitFor();
    await tabTo(page.getByRole('link', { name: 'Query console' }));
    await page.keyboard.press('Enter');
    const field = page.getByRole('textbox', { name: 'Query' });
    await field.waitFor();
    await tabTo(field);
    await page.keyboard.press('Control+Enter');
    await page.getByTestId('row-count').waitFor();
  }));

test('a phone shows every page without sideways scrolling', () =>
  withBrowser(
    async (page) => {
      for (const path of ['/overview', '/console', '/branches', '/audit']) {
        await signIn(page, 'skyways/admin', path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForFunction(() => !document.querySelector('main [role=progressbar]'));
        await picture(page, `phone${path.replace('/', '-')}`);
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(content <= window, `${path} is ${content} wide`);
        await page.context().clearCookies();
      }
    },
    { width: 390, height: 844 },
  ));
