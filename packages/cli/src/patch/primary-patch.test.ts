import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { spawnRunner } from '@flotilla/exec';
import { parseEnvironment } from '@flotilla/model';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { primaryPatch } from './primary-patch.ts';

const runner = spawnRunner();
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patch-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SERVERS = `environment: shop
servers:
  db1: { host: 192.0.2.11, cpus: 2, memory: 4GiB }
  db2: { host: 192.0.2.12, cpus: 2, memory: 4GiB }
  db3: { host: 192.0.2.13, cpus: 2, memory: 4GiB }
`;
const REST = `    kind: postgres
    image: postgres:17@sha256:${'1'.repeat(64)}
    databases: [orders]
    memory: 1GiB
`;

/** Applies the patch that makes `to` the preferred primary with the real git; gives what is then written and declared. */
async function applied(texts: Readonly<Record<string, string>>, to: string) {
  const entry = Object.keys(texts)[0] ?? '';
  const read = (path: string) => texts[path];
  const parsed = parseEnvironment({ entry, read });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings));
  const definition = parsed.environment.services['database'];
  if (definition?.kind !== 'postgres') throw new Error('no database');
  const { primary, replicas } = definition;
  const patch = primaryPatch({ service: 'database', primary, replicas, to, sources: parsed.sources, read });
  if (patch === undefined) return undefined;
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const git = (...args: string[]) =>
    runner.run({ argv: ['git', ...args], cwd: folder, stdin: patch, timeoutMs: 10_000 });
  await git('init', '-q');
  const result = await git('apply', '--check', '-');
  expect(result.stderr).toBe('');
  await git('apply', '-');
  const now = Object.fromEntries(Object.keys(texts).map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
  const again = parseEnvironment({ entry, read: (path) => now[path] });
  if (again.kind === 'invalid') throw new Error(JSON.stringify(again.findings));
  const changed = again.environment.services['database'];
  if (changed?.kind !== 'postgres') throw new Error('no database');
  return { patch, now, declared: [changed.primary, ...changed.replicas] };
}

const FILE = 'environments/shop/environment.yaml';

test.each([
  ['on lines of their own', `    primary: db1 # the big one\n    replicas: [db2, db3]\n`],
  ['in quotation marks', `    primary: "db1"\n    replicas: ['db2', db3]\n`],
  ['in a list of lines', `    primary: db1\n    replicas:\n      - db2\n      - db3\n`],
])('primary and replica trade places: %s', async (_case, fields) => {
  const text = `# shop\n${SERVERS}services:\n  database:\n${fields}${REST}`;
  const outcome = await applied({ [FILE]: text }, 'db2');
  expect(outcome?.declared).toEqual(['db2', 'db1', 'db3']);
  const changed = outcome?.patch.split('\n').filter((line) => /^[-+](?![-+])/.test(line)) ?? [];
  expect(changed.every((line) => /primary|replicas|- db/.test(line))).toBe(true);
  expect(outcome?.now[FILE]).toContain('# shop');
});

test('both stand on one line', async () => {
  const text = `${SERVERS}services:\n  database: { primary: db1, replicas: [db2, db3], kind: postgres, image: "postgres:17@sha256:${'1'.repeat(64)}", databases: [orders], memory: 1GiB }\n`;
  expect((await applied({ [FILE]: text }, 'db3'))?.declared).toEqual(['db3', 'db2', 'db1']);
});

test('they stand in two layers, and each is changed where it stands', async () => {
  const base = `${SERVERS}services:\n  database:\n    primary: db1\n    replicas: [db2, db3]\n${REST}`;
  const top = `extends: ../base/environment.yaml\nenvironment: shop\nservices:\n  database: { replicas: [db3, db2] }\n`;
  const outcome = await applied({ [FILE]: top, 'environments/base/environment.yaml': base }, 'db2');
  expect(outcome?.declared).toEqual(['db2', 'db3', 'db1']);
  expect(outcome?.patch.match(/^--- a\//gm)).toHaveLength(2);
});

test('a file without a last line end keeps having none', async () => {
  const text = `${SERVERS}services:\n  database:\n${REST}    replicas: [db2]\n    primary: db1`;
  expect((await applied({ [FILE]: text }, 'db2'))?.now[FILE]).toMatch(/primary: db2$/);
});
