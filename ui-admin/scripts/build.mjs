// Builds the application into target/classes/ui: packages, types of the API, type check, bundle. Each step is left out
// while what it reads has not changed since it last succeeded.
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OPENAPI, ROOT, TARGET, filesUnder, hashOf, installed, local, remembered, run, schema } from './steps.mjs';

const OUT = join(TARGET, 'classes', 'ui');
const STAMP = join(TARGET, 'ui.stamp');
const SOURCES = ['index.html', 'package.json', 'package-lock.json', 'tsconfig.json', 'vite.config.ts', 'src', 'scripts'];

const output = () => (existsSync(OUT) ? hashOf(filesUnder(OUT)) : '');
const sources = hashOf([...SOURCES.flatMap((name) => filesUnder(join(ROOT, name))), OPENAPI]);

if (remembered(STAMP) === `${sources} ${output()}`) {
  console.log('ui: nothing changed');
} else {
  rmSync(STAMP, { force: true });
  installed();
  schema();
  run(process.execPath, [local('typescript/bin/tsc'), '--noEmit']);
  run(process.execPath, [local('vite/bin/vite.js'), 'build', '--outDir', OUT, '--emptyOutDir']);
  writeFileSync(STAMP, `${sources} ${output()}`);
}
