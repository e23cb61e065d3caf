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
