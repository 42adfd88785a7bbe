// Runs every command of the README's tour against the real server and compares every answer.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../scripts/steps.mjs';

const PROJECT = join(ROOT, '..');

/** The tour as steps, each a command with the lines that it must answer. */
function steps(text) {
  const found = [];
  for (const [, block] of text.matchAll(/```console\n([\s\S]*?)```/g)) {
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) found.push({ command: line.slice(2), expected: [] });
      else found.at(-1).expected.push(line);
    }
  }
  return found;
}

test('the tour of the README answers what it says', () => {
  const url = new URL(process.env.PRECINCT_URL);
  const here = (text) => text.replaceAll('http://127.0.0.1:8080', url.origin);
  const tour = steps(readFileSync(join(PROJECT, 'README.md'), 'utf8'));
  assert.ok(tour.length > 10, 'the README has a tour');
  const script = tour
    .map(({ command }, index) => `printf "\\n== ${index}\\n"\n${here(command)}`)
    .join('\n');
  const run = spawnSync('bash', ['-uo', 'pipefail', '-c', script], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: { ...process.env, PRECINCT_HOME: process.env.PRECINCT_E2E_HOME, // The launcher knows the port of what runs.
      PRECINCT_PORT: '' },
  });
  const answers = new Map();
  let at = '';
  for (const line of run.stdout.split('\n')) {
    const start = /^== (\d+)$/.exec(line);
    if (start) answers.set((at = Number(start[1])), []);
    else if (answers.has(at)) answers.get(at).push(line);
  }
  tour.forEach(({ command, expected }, index) => {
    const answer = (answers.get(index) ?? []).join('\n').trimEnd();
    assert.equal(answer, expected.map(here).join('\n'), `${command}\n${run.stderr}`);
  });
});
