import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plain } from './description.mjs';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const TARGET = join(ROOT, 'target');
export const OPENAPI = join(ROOT, '..', 'platform', 'src', 'main', 'resources', 'openapi.json');

/** Where the types of the API lie: beside the sources for the compiler (rootDirs), outside them for everyone else. */
const SCHEMA = join(TARGET, 'generated', 'api', 'schema.ts');

/** All files under a path, in a fixed order; the path itself when it is a file. */
export function filesUnder(path) {
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** One hash over names and contents. */
export function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(relative(ROOT, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

export const remembered = (stamp) => (existsSync(stamp) ? readFileSync(stamp, 'utf8') : '');

/** The path of a file inside an installed package. */
export const local = (path) => join(ROOT, 'node_modules', path);

/** Runs a step in the foreground and ends this process when it fails. */
export function run(command, args) {
  const done = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (done.error) throw done.error;
  if (done.status !== 0) {
    console.error(`ui: ${[command, ...args].map((word) => relative(ROOT, word) || word).join(' ')} failed`);
    process.exit(done.status ?? 1);
  }
}

/** Fetches the packages of the lock file, unless these very ones are there. */
export function installed() {
  const stamp = join(TARGET, 'packages.stamp');
  const wanted = hashOf([join(ROOT, 'package.json'), join(ROOT, 'package-lock.json')]);
  if (remembered(stamp) === wanted && existsSync(local('.package-lock.json'))) return;
  run('npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund']);
  mkdirSync(TARGET, { recursive: true });
  writeFileSync(stamp, wanted);
}

/** Writes the types of the committed OpenAPI document. */
export function schema() {
  if (!existsSync(OPENAPI)) {
    console.error(`ui: the API's description is missing: ${OPENAPI}`);
    process.exit(1);
  }
  mkdirSync(dirname(SCHEMA), { recursive: true });
  const document = join(TARGET, 'generated', 'openapi.json');
  writeFileSync(document, JSON.stringify(plain(JSON.parse(readFileSync(OPENAPI, 'utf8')))));
  run(process.execPath, [local('openapi-typescript/bin/cli.js'), document, '-o', SCHEMA]);
}
