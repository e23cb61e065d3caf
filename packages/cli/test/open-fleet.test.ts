import { fakeClock, recordingRunner } from '@flotilla/exec';
import { expect, test } from 'vitest';

import type { Context } from '../src/command.ts';
import { InvalidInput } from '../src/invalid-input.ts';
import { openDeclaredFleet, openFleet, openFleetToTry } from '../src/open-fleet.ts';
import { rightYaml, withRepository } from './support/repository.ts';

const entry = 'environments/shop/environment.yaml';
const database = `
  db:
    kind: postgres
    image: postgres:17.6@sha256:${'1'.repeat(64)}
    primary: app1
    replicas: [app2]
    databases: [shop]
    memory: 1GiB
`;

function contextIn(root: string): { readonly context: Context; readonly said: readonly string[] } {
  const said: string[] = [];
  const context: Context = {
    root,
    cwd: root,
    variables: {},
    json: false,
    verbose: false,
    sandbox: false,
    runner: recordingRunner(() => undefined),
    clock: fakeClock(),
    signal: new AbortController().signal,
    write: () => undefined,
    say: (line) => said.push(line),
  };
  return { context, said };
}

const codesOf = (work: () => unknown): readonly string[] => {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInput) return error.findings.map(({ code }) => code);
    throw error;
  }
  return [];
};

test('a fleet without its secrets cannot be deployed, but can be tried out', async () => {
  await withRepository({ [entry]: rightYaml + database.slice(1) }, async ({ root }) => {
    const { context, said } = contextIn(root);
    const choice = { env: 'shop', sandbox: false };
    expect(new Set(codesOf(() => openFleet(choice, context)))).toContain('VALIDATE_SECRET_MISSING');
    expect(openFleetToTry('shop', context).tree.servers).toHaveLength(3);
    expect(said.join('\n')).toMatch(/warnings?, see: scripts\/flotilla validate shop/);
  });
});

test('what a rule rejects can be neither deployed nor tried out, but still be looked at and failed over', async () => {
  const crowded = rightYaml.replace('memory: 512MiB', 'memory: 64GiB');
  await withRepository({ [entry]: crowded }, async ({ root }) => {
    const { context } = contextIn(root);
    const choice = { env: 'shop', sandbox: false };
    expect(codesOf(() => openFleet(choice, context))).not.toEqual([]);
    expect(codesOf(() => openFleetToTry('shop', context))).not.toEqual([]);
    expect(Object.keys(openDeclaredFleet(choice, context).environment.servers)).toEqual(['front', 'app1', 'app2']);
  });
});

test('what cannot be read can be used for nothing', async () => {
  await withRepository({ [entry]: rightYaml.replace('memory:', 'memry:') }, async ({ root }) => {
    const { context } = contextIn(root);
    expect(codesOf(() => openDeclaredFleet({ env: 'shop', sandbox: false }, context))).toContain('MODEL_UNKNOWN_KEY');
  });
});

test('the sandbox of an environment in a folder of folders is found below its own name', async () => {
  const sandbox = '.flotilla/sandbox/lab-shop/environment.yaml';
  const yaml = rightYaml.replace('environment: shop', 'environment: lab-shop');
  await withRepository({ [sandbox]: `${yaml}sandbox: true\n` }, async ({ root }) => {
    const { context } = contextIn(root);
    expect(openFleet({ env: 'lab/shop', sandbox: true }, context).environment.environment).toBe('lab-shop');
    expect(() => openFleet({ env: 'lab/shops', sandbox: true }, context)).toThrow('lab/shops');
  });
});

test('a sandbox of an environment that nobody wrote is a mistyped name, not one to boot', async () => {
  await withRepository({ [entry]: rightYaml }, async ({ flotilla }) => {
    const { stderr, exitCode } = await flotilla('status', 'shpo', '--sandbox');
    expect(stderr).toContain('did you mean "shop"?');
    expect(stderr).not.toContain('flotilla up');
    expect((await flotilla('status', 'shop', '--sandbox')).stderr).toContain('flotilla up shop');
    expect(exitCode).toBe(2);
  });
});
