// Starts a real server with its demonstration, runs the browser tests on it, stops it, and ends with the one line that
// counts them.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { ROOT, TARGET, installed } from './steps.mjs';

const LAUNCHER = join(ROOT, '..', 'precinct');

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function precinct(...args) {
  const done = spawnSync(LAUNCHER, args, { stdio: 'inherit' });
  if (done.error) throw done.error;
  return done.status === 0;
}

installed();
mkdirSync(join(TARGET, 'screenshots'), { recursive: true });
const home = mkdtempSync(join(tmpdir(), 'precinct-e2e-'));
const port = await freePort();
let passed = 0;
let failed = 0;
try {
  if (!precinct('up', '--detach', '--home', home, '--port', String(port))) throw new Error('the server did not start');
  process.env.PRECINCT_URL = `http://127.0.0.1:${port}`;
  process.env.PRECINCT_E2E_HOME = home;
  process.env.PRECINCT_SCREENSHOTS = join(TARGET, 'screenshots');
  const folder = join(ROOT, 'e2e');
  const files = readdirSync(folder).filter((name) => name.endsWith('.test.mjs')).sort();
  const events = runTests({ files: files.map((name) => join(folder, name)), concurrency: 1, timeout: 300_000 });
  const counted = (event) => event.details?.type !== 'suite';
  events.on('test:pass', (event) => (passed += counted(event) ? 1 : 0));
  events.on('test:fail', (event) => (failed += counted(event) ? 1 : 0));
  await pipeline(events.compose(new spec()), process.stdout, { end: false });
} catch (problem) {
  console.error(problem);
  failed += 1;
} finally {
  if (precinct('down', '--home', home)) {
    rmSync(home, { recursive: true, force: true });
  } else {
    console.error(`the server of ${home} did not stop`);
    failed += 1;
  }
}
console.log(`precinct-tests passed=${passed} failed=${failed}`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
