// Runs the unit tests and ends with the one line that counts them.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, TARGET, installed, local, schema } from './steps.mjs';

installed();
schema();
const report = join(TARGET, 'unit.json');
rmSync(report, { force: true });
const done = spawnSync(
  process.execPath,
  [local('vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...process.argv.slice(2)],
  { cwd: ROOT, stdio: 'inherit' },
);
const counts = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { numPassedTests: 0, numFailedTests: 1 };
// A file that can't be loaded, and a runner that ends badly for another reason, count as a failure too.
const broken = (counts.testResults ?? []).filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
let failed = counts.numFailedTests + broken;
if (failed === 0 && done.status !== 0) failed = 1;
console.log(`precinct-tests passed=${counts.numPassedTests} failed=${failed}`);
process.exit(failed === 0 && counts.numPassedTests > 0 ? 0 : 1);
