import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

export const URL_OF_SERVER = process.env.PRECINCT_URL;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A browser of its own, with nothing remembered; closed and forgotten after the task. */
export async function withBrowser(task, viewport = { width: 1280, height: 800 }) {
  const profile = mkdtempSync(join(tmpdir(), 'precinct-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.PRECINCT_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    viewport,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--no-first-run',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
  });
  context.setDefaultTimeout(20_000);
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    await task(page);
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/** Opens a path and signs in as a demonstration account, such as {@code skyways/west-analyst}. */
export async function signIn(page, account, path = '/') {
  const [tenant, user] = account.split('/');
  await page.goto(URL_OF_SERVER + path);
  await page.getByRole('button', { name: new RegExp(`^${user} of ${tenant}\\b`, 'i') }).click();
  await page.getByTestId('tenant').waitFor();
}

/** Replaces the query and runs it. */
export async function runQuery(page, text) {
  const field = page.getByRole('textbox', { name: 'Query' });
  await field.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
  await page.getByRole('button', { name: 'Run' }).click();
}

/** Every rule of axe, contrast included. The script policy of the page allows no inline code, so it is evaluated. */
export async function assertAccessible(page) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    const found = await globalThis.axe.run();
    return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html).join(' ')}`);
  });
  assert.deepEqual(violations, []);
}

export const picture = (page, name) =>
  page.screenshot({ path: join(process.env.PRECINCT_SCREENSHOTS, `${name}.png`), fullPage: true });
