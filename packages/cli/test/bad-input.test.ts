import { readdir } from 'node:fs/promises';

import { expect, test } from 'vitest';

import { rightYaml, withRepository } from './support/repository.ts';

const entry = 'environments/shop/environment.yaml';
const bomb = [
  'a: &a [x, x, x, x, x, x, x, x, x, x]',
  ...'bcdefgh'.split('').map((name, index) => {
    const previous = `*${'abcdefgh'[index] ?? ''}`;
    return `${name}: &${name} [${Array.from({ length: 10 }, () => previous).join(', ')}]`;
  }),
  'environment: shop',
  '',
].join('\n');

const database = (kind: string, fields: string) => `${rightYaml}  db:
    kind: ${kind}
    image: ${kind}:11.8.3@sha256:${'1'.repeat(64)}
    primary: app1
    replicas: [app2]
    databases: [shop]
    memory: 1GiB
${fields}`;
const secrets = 'environments/shop/secrets.sops.yaml';

const cases: readonly (readonly [string, string, string])[] = [
  ['an unknown key', rightYaml.replace('memory: 256MiB', 'memry: 256MiB'), 'MODEL_UNKNOWN_KEY'],
  ['a wrong type', rightYaml.replace('port: 3000', 'port: many'), 'MODEL_WRONG_TYPE'],
  ['tabs for indentation', rightYaml.replace('    kind: app', '\tkind: app'), 'MODEL_YAML_TAB'],
  ['duplicate keys', `${rightYaml}environment: again\n`, 'MODEL_DUPLICATE_KEY'],
  ['an empty file', '', 'MODEL_EMPTY'],
  ['a file of 10 MB', `${rightYaml}# ${'x'.repeat(10_000_000)}\n`, 'MODEL_FILE_TOO_LARGE'],
  ['a server that does not exist', rightYaml.replace('on: [front]', 'on: [back]'), 'VALIDATE_UNKNOWN_SERVER'],
  ['a cycle in extends', `${rightYaml}extends: ../shop\n`, 'MODEL_EXTENDS_CYCLE'],
  ['a bomb of YAML aliases', bomb, 'MODEL_ALIAS_BOMB'],
  ['automatic failover of MariaDB', database('mariadb', '    failover: automatic\n'), 'MODEL_INVALID_VALUE'],
  ['a primary that closes after a second', database('mariadb', '    closeAfter: 1s\n'), 'MODEL_INVALID_TEXT'],
  ['a path in extends that leaves the repository', `${rightYaml}extends: ../../../etc\n`, 'MODEL_EXTENDS_OUTSIDE'],
];

test.concurrent.each(cases)('refuses %s: exit code 2, a place, and nothing is written', async (_, text, code) => {
  await withRepository({ [entry]: text }, async ({ root, flotilla }) => {
    const validated = await flotilla('validate', 'shop');
    expect(validated.exitCode).toBe(2);
    expect(validated.stdout).toMatch(/^environments\/shop\/environment\.yaml:\d+:\d+ error [A-Z_]+ \S/m);
    expect(validated.stdout).toContain(code);
    const rendered = await flotilla('render', 'shop');
    expect(rendered.exitCode).toBe(2);
    expect(rendered.stdout).toBe('');
    expect(rendered.stderr).toMatch(/^environments\/shop\/environment\.yaml:\d+:\d+ error [A-Z_]+ \S/m);
    expect(await readdir(root)).toEqual(['environments']);
  });
});

test('points at the very character, below the source line', async () => {
  const text = rightYaml.replace('memory: 256MiB', 'memory: 256MiB\n    memry: 256MiB');
  await withRepository({ [entry]: text }, async ({ flotilla }) => {
    const [head, hint, source, caret] = (await flotilla('validate', 'shop')).stdout.split('\n');
    expect(head).toMatch(/^environments\/shop\/environment\.yaml:12:5 error MODEL_UNKNOWN_KEY/);
    expect(hint).toMatch(/^ {2}hint: \S/);
    expect(source).toBe('  12 |     memry: 256MiB');
    expect(caret?.indexOf('^')).toBe(source?.indexOf('memry'));
  });
});

test('says when its errors kept other rules from being asked, and when they did not', async () => {
  const shape = rightYaml.replace('memory: 256MiB', 'memry: 256MiB');
  await withRepository({ [entry]: shape }, async ({ flotilla, write }) => {
    expect((await flotilla('validate', 'shop')).stderr).toContain('2 errors; other rules are asked once');
    expect(JSON.parse((await flotilla('validate', 'shop', '--json')).stdout)).toMatchObject({ isComplete: false });
    await write(entry, rightYaml.replaceAll('memory: 4GiB', 'memory: 256MiB'));
    const { stdout, stderr } = await flotilla('validate', 'shop');
    expect(stdout).toContain('error');
    expect(stderr).not.toContain('other rules');
  });
});

test('says of a sandbox whose environment lost a service that it is to be made anew', async () => {
  const overlay = `environment: shop\nextends: ../../../environments/shop\nsandbox: true\nservices:\n  cache: { image: "redis:8" }\n`;
  const files = { [entry]: rightYaml, '.flotilla/sandbox/shop/environment.yaml': overlay };
  await withRepository(files, async ({ flotilla }) => {
    for (const command of ['validate', 'status', 'render']) {
      const { exitCode, stdout, stderr } = await flotilla(command, 'shop', '--sandbox');
      expect(exitCode).toBe(2);
      expect(`${stdout}${stderr}`).toMatch(
        /services\.cache[\s\S]*hint: the sandbox was made of another state .*flotilla up shop$/m,
      );
    }
  });
});

test('says how to write an image whose digest was left out', async () => {
  const text = rightYaml.replace(/shop:1\.0\.0@sha256:1+/, 'shop:1.0.0@sha256:…');
  await withRepository({ [entry]: text }, async ({ flotilla }) => {
    const { stdout } = await flotilla('validate', 'shop');
    expect(stdout).toContain('docker pull ghcr.io/example/shop:1.0.0 && docker image inspect');
  });
});

test('says once that nobody has written the secrets, with the way to write them', async () => {
  await withRepository({ [entry]: database('mariadb', '') }, async ({ flotilla }) => {
    const { exitCode, stdout } = await flotilla('validate', 'shop', '--json');
    expect(exitCode).toBe(2);
    const missing = findingsIn(stdout).filter(({ code }) => code === 'VALIDATE_SECRET_MISSING');
    expect(missing).toHaveLength(1);
    expect(missing[0]?.message).toContain('"db-guard", "db-owner-shop", "db-replication", "db-superuser"');
    expect(missing[0]?.hint).toContain(`sops --age "$(age-keygen -y key.txt)" ${secrets}`);
  });
});

test('calls secrets in clear text what they are, and not missing', async () => {
  const cleartext = 'db-superuser: one\ndb-guard: two\ndb-replication: three\ndb-owner-shop: four\n';
  await withRepository({ [entry]: database('mariadb', ''), [secrets]: cleartext }, async ({ flotilla }) => {
    const { exitCode, stdout } = await flotilla('validate', 'shop', '--json');
    expect(exitCode).toBe(2);
    const codes = findingsIn(stdout).map(({ code }) => code);
    expect(codes).toContain('SECRET_FILE_NOT_ENCRYPTED');
    expect(codes).not.toContain('VALIDATE_SECRET_MISSING');
    expect(stdout).not.toContain('three');
  });
});

test('warns of a guard that nobody pinned', async () => {
  await withRepository({ [entry]: database('mariadb', '    failover: manual\n') }, async ({ flotilla }) => {
    const { stdout } = await flotilla('validate', 'shop', '--json');
    const [found] = findingsIn(stdout).filter(({ code }) => code === 'VALIDATE_IMAGE_DEFAULT');
    expect(found?.severity).toBe('warning');
  });
});

test('keeps what it writes for itself out of a repository that does not ignore it', async () => {
  await withRepository({ [entry]: rightYaml }, async ({ flotilla, git }) => {
    await git('init', '-q');
    expect((await flotilla('render', 'shop')).exitCode).toBe(0);
    expect((await git('status', '--porcelain', '--untracked-files=all')).stdout).toBe(`?? ${entry}\n`);
  });
});

type Said = { readonly code: string; readonly severity: string; readonly message: string; readonly hint?: string };

function findingsIn(stdout: string): readonly Said[] {
  // What --json prints of a validation.
  return (JSON.parse(stdout) as { readonly findings: readonly Said[] }).findings;
}
