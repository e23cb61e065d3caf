import { expect, test } from 'vitest';

import { rightYaml, withRepository } from './support/repository.ts';
import type { TestRepository } from './support/repository.ts';

const entry = 'environments/shop/environment.yaml';

async function commit({ git }: TestRepository): Promise<void> {
  await git('add', '.');
  const { exitCode, stderr } = await git('commit', '--quiet', '--allow-empty', '--message', 'a state');
  if (exitCode !== 0) throw new Error(stderr);
}

async function withHistory(work: (repository: TestRepository) => Promise<void>): Promise<void> {
  await withRepository({ [entry]: rightYaml }, async (repository) => {
    await repository.git('init', '--quiet');
    await commit(repository);
    await work(repository);
  });
}

test('0 and no changes for a comment in the YAML, also with --exit-code', async () => {
  await withHistory(async ({ write, flotilla }) => {
    await write(entry, `# as before\n${rightYaml}`);
    const { exitCode, stdout } = await flotilla('diff', 'shop', '--base', 'HEAD', '--exit-code');
    expect(stdout).toBe('shop: no changes (3 servers)\n');
    expect(exitCode).toBe(0);
  });
});

test('3 for a change with --exit-code, on exactly the servers that it concerns', async () => {
  await withHistory(async ({ write, flotilla }) => {
    await write(entry, rightYaml.replace('memory: 512MiB', 'memory: 768MiB'));
    const { exitCode, stdout } = await flotilla('diff', 'shop', '--base', 'HEAD', '--exit-code');
    expect(exitCode).toBe(3);
    expect(stdout.split('\n').filter((line) => /^\S+: [0-9a-f]{12} → /.test(line))).toHaveLength(2);
    expect(stdout).toContain('recreate app (recreate)');
    expect(await flotilla('diff', 'shop', '--base', 'HEAD')).toMatchObject({ exitCode: 0 });
  });
});

test('everything is added when the base has no such environment', async () => {
  await withHistory(async ({ write, flotilla }) => {
    await write('environments/new/environment.yaml', rightYaml.replace('environment: shop', 'environment: new'));
    const { exitCode, stdout } = await flotilla('diff', 'new', '--base', 'HEAD', '--json');
    expect(exitCode).toBe(0);
    // The usage of diff documents the object.
    const { plan } = JSON.parse(stdout) as { readonly plan: { readonly servers: readonly object[] } };
    expect(plan.servers).toHaveLength(3);
    expect(plan.servers.every((server) => !('digestBefore' in server) && 'digestAfter' in server)).toBe(true);
  });
});

test('says that a base which cannot be rendered counts as nothing, so that it can be repaired', async () => {
  await withHistory(async (repository) => {
    await repository.write(entry, 'environment: [');
    await commit(repository);
    await repository.write(entry, rightYaml);
    const { exitCode, stdout, stderr } = await repository.flotilla('diff', 'shop', '--base', 'HEAD', '--exit-code');
    expect(stderr).toContain('HEAD:environments/shop/environment.yaml:1:');
    expect(stdout).toContain('shop: 3 servers change');
    expect(exitCode).toBe(3);
  });
});

test.each([
  ['a base that git does not know', ['--base', 'nowhere'], 'CLI_UNKNOWN_REVISION'],
  ['no base', [], 'CLI_USAGE'],
  ['a format that does not exist', ['--base', 'HEAD', '--format', 'xml'], 'CLI_USAGE'],
])('2 for %s', async (_, args, code) => {
  await withHistory(async ({ flotilla }) => {
    const { exitCode, stderr } = await flotilla('diff', 'shop', ...args);
    expect(stderr).toContain(code);
    expect(exitCode).toBe(2);
  });
});

/** Nobody can open it: a difference needs the names alone. */
function sealedSecrets(...names: readonly string[]): string {
  const sealed = names.map((name) => `${name}: ENC[AES256_GCM,data:AAAA,iv:AAAA,tag:AAAA,type:str]\n`);
  return `${sealed.join('')}sops:\n  version: "3.9.0"\n`;
}

const databaseYaml = `environment: shop
servers:
  db1: { host: 192.0.2.21, cpus: 2, memory: 4GiB, disk: 40GiB }
  db2: { host: 192.0.2.22, cpus: 2, memory: 4GiB, disk: 40GiB }
  web1: { host: 192.0.2.23, cpus: 2, memory: 4GiB, disk: 40GiB }
images: { guard: 'registry.example/guard:1@sha256:${'1'.repeat(64)}' }
services:
  database:
    kind: postgres
    image: postgres:17.6@sha256:${'1'.repeat(64)}
    primary: db1
    replicas: [db2]
    databases: [orders]
    memory: 1GiB
`;

async function withDatabase(work: (repository: TestRepository) => Promise<void>): Promise<void> {
  const names = ['superuser', 'replication', 'guard', 'owner-orders'].map((name) => `database-${name}`);
  const secrets = sealedSecrets(...names);
  await withRepository(
    { [entry]: databaseYaml, 'environments/shop/secrets.sops.yaml': secrets },
    async (repository) => {
      await repository.git('init', '--quiet');
      await commit(repository);
      await work(repository);
    },
  );
}

test('2 for a change that a deploy would refuse, in every format, with the difference', async () => {
  await withDatabase(async ({ write, flotilla }) => {
    await write(entry, databaseYaml.replace('postgres:17.6', 'postgres:18.0'));
    const call = ['diff', 'shop', '--base', 'HEAD'] as const;
    const [text, markdown, json] = [
      await flotilla(...call, '--exit-code'),
      await flotilla(...call, '--format', 'markdown'),
      await flotilla(...call, '--json'),
    ];
    expect([text, markdown, json].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2]);
    expect(text.stdout).toMatch(/^ {2}REFUSED recreate database/m);
    expect(text.stdout).toMatch(/^REFUSED DEPLOY_MAJOR_VERSION: .*database on db1, db2$/m);
    expect(markdown.stdout).toMatch(/^<!-- flotilla:diff:shop -->\n/);
    expect(markdown.stdout).toMatch(/^> - `database` on db1, db2 \(`DEPLOY_MAJOR_VERSION`\)\. Instead: /m);
    expect(markdown.stderr).toContain('REFUSED DEPLOY_MAJOR_VERSION');
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      refused: [{ service: 'database', servers: ['db1', 'db2'], code: 'DEPLOY_MAJOR_VERSION' }],
    });
  });
});

test('0 and a doubt for an older image of the same series', async () => {
  await withDatabase(async ({ write, flotilla }) => {
    await write(entry, databaseYaml.replace('postgres:17.6', 'postgres:17.4'));
    const { exitCode, stdout } = await flotilla('diff', 'shop', '--base', 'HEAD');
    expect(stdout).toMatch(/DOUBT: it goes back from 17\.6 to 17\.4/);
    expect(exitCode).toBe(0);
    expect((await flotilla('diff', 'shop', '--base', 'HEAD', '--format', 'markdown')).stdout).toContain('**doubt**');
  });
});

test('lays the sandbox over the base as over the file, which alone differ then', async () => {
  await withHistory(async ({ write, flotilla }) => {
    const overlay = `environment: shop\nextends: ../../../${entry}\nsandbox: true\nservers:\n  front: { host: 198.51.100.10 }\n`;
    await write('.flotilla/sandbox/shop/environment.yaml', overlay);
    await write(entry, rightYaml.replace('memory: 512MiB', 'memory: 768MiB'));
    const { exitCode, stdout } = await flotilla('diff', 'shop', '--base', 'HEAD', '--exit-code', '--sandbox');
    expect(stdout.split('\n').filter((line) => /^\S+: [0-9a-f]{12} → /.test(line))).toHaveLength(2);
    expect(exitCode).toBe(3);
  });
});
