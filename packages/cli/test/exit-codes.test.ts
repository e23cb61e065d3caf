import { symlink } from 'node:fs/promises';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { rightYaml, withRepository } from './support/repository.ts';

const files = { 'environments/shop/environment.yaml': rightYaml };

test('0 for a right environment, whatever the spelling of its path', async () => {
  await withRepository(files, async ({ root, flotilla }) => {
    for (const env of ['shop', 'environments/shop', './environments/shop/', join(root, 'environments/shop')]) {
      expect(await flotilla('validate', env)).toMatchObject({ exitCode: 0 });
    }
  });
});

test('0 for an environment by its own name as well, while only one may have it', async () => {
  const nested = rightYaml.replace('environment: shop', 'environment: east-shop');
  const nestedFiles = { 'environments/east/shop/environment.yaml': nested };
  await withRepository(nestedFiles, async ({ flotilla, write }) => {
    for (const env of ['east/shop', 'east-shop', 'shop']) {
      expect(await flotilla('validate', env)).toMatchObject({ exitCode: 0 });
    }
    await write('environments/west/shop/environment.yaml', rightYaml);
    expect(await flotilla('validate', 'shop')).toMatchObject({ exitCode: 2 });
    expect(await flotilla('validate', 'east-shop')).toMatchObject({ exitCode: 0 });
  });
});

test.concurrent.each([
  ['a command that does not exist', ['validat', 'shop'], /did you mean "validate"/],
  ['a missing environment', ['validate'], /<env> is missing/],
  ['an unknown option', ['validate', 'shop', '--colour'], /--colour/],
  ['too many words', ['validate', 'shop', 'more'], /unexpected "more"/],
  ['a format that does not exist', ['validate', 'shop', '--format', 'xml'], /unknown format "xml"/],
  ['an environment that does not exist', ['validate', 'shp'], /did you mean "shop"/],
  ['a name that every object has', ['validate', 'constructor'], /CLI_UNKNOWN_ENVIRONMENT/],
  ['a command that every object has', ['constructor'], /CLI_USAGE/],
  ['a sandbox that is not up', ['validate', 'shop', '--sandbox'], /scripts\/flotilla up shop/],
  ['a path out of the repository', ['validate', '../../etc'], /CLI_PATH_OUTSIDE/],
  ['an output out of the repository', ['render', 'shop', '--out', '../out'], /CLI_PATH_OUTSIDE/],
  ['an output that holds other things', ['render', 'shop', '--out', 'environments'], /CLI_OUT_NOT_EMPTY/],
] as const)('2 for %s, said on stderr with a hint', async (_, args, expected) => {
  await withRepository(files, async ({ flotilla }) => {
    const { exitCode, stdout, stderr } = await flotilla(...args);
    expect(stderr).toMatch(expected);
    expect(stderr).toMatch(/^hint: \S/m);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });
});

test('2 for an environment behind a symbolic link that leaves the repository', async () => {
  await withRepository(files, async (other) => {
    await withRepository({}, async ({ root, flotilla }) => {
      await symlink(join(other.root, 'environments/shop'), join(root, 'environments/shop'));
      const { exitCode, stderr } = await flotilla('validate', 'shop');
      expect(stderr).toContain('CLI_PATH_OUTSIDE');
      expect(exitCode).toBe(2);
    });
  });
});

test('one JSON object on stdout with --json, also when the call is wrong', async () => {
  await withRepository(files, async ({ flotilla }) => {
    expect(JSON.parse((await flotilla('validate', 'shop', '--json')).stdout)).toMatchObject({ ok: true, findings: [] });
    const wrong = await flotilla('validate', 'shp', '--json');
    expect(JSON.parse(wrong.stdout)).toMatchObject({ ok: false, error: { code: 'CLI_UNKNOWN_ENVIRONMENT' } });
  });
});

test('help lists every command, and explains each', async () => {
  await withRepository(files, async ({ flotilla }) => {
    const { exitCode, stdout } = await flotilla('help', '--json');
    expect(exitCode).toBe(0);
    // The usage of help documents the object.
    const { commands } = JSON.parse(stdout) as { readonly commands: readonly { readonly name: string }[] };
    expect(commands.map(({ name }) => name)).toEqual(expect.arrayContaining(['diff', 'help', 'list', 'render']));
    expect((await flotilla('validate', '--help')).stdout).toContain('flotilla validate <env>');
    expect((await flotilla()).stdout).toContain('Exit codes');
  });
});
