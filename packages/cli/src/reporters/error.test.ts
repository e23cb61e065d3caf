import { fakeClock, recordingRunner } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import { expect, test } from 'vitest';

import type { Context } from '../command.ts';
import { reportError } from './error.ts';

function report(
  error: unknown,
  flags: { readonly json?: boolean; readonly verbose?: boolean; readonly sandbox?: boolean } = {},
) {
  const said: string[] = [];
  const written: string[] = [];
  const context: Context = {
    root: '/nowhere',
    cwd: '/nowhere',
    variables: {},
    json: flags.json ?? false,
    verbose: flags.verbose ?? false,
    sandbox: flags.sandbox ?? false,
    runner: recordingRunner(() => undefined),
    clock: fakeClock(),
    signal: new AbortController().signal,
    write: (text) => written.push(text),
    say: (line) => said.push(line),
  };
  return { exitCode: reportError(error, context), said, written: written.join('') };
}

const lockHeld = new FlotillaError(
  'DEPLOY_LOCK_HELD',
  { server: 'app1', holder: 'anna', reason: 'deploy', environment: 'shop' },
  { cause: new Error('connection reset') },
);

test('1 for an action that failed, with its hint and without a trace', () => {
  const { exitCode, said } = report(lockHeld);
  expect(exitCode).toBe(1);
  expect(said).toHaveLength(2);
  expect(said[0]).toMatch(/^error DEPLOY_LOCK_HELD: /);
  expect(said[1]).toMatch(/^hint: /);
});

test('2 for a call that is wrong', () => {
  expect(report(new FlotillaError('CLI_USAGE', { detail: 'no' })).exitCode).toBe(2);
});

test('70 for a bug, with its trace', () => {
  const { exitCode, said } = report(new Error('impossible'));
  expect(exitCode).toBe(70);
  expect(said.some((line) => line.trimStart().startsWith('at '))).toBe(true);
});

test('shows the trace and the causes of a failure only with --verbose', () => {
  expect(report(lockHeld, { verbose: true }).said.join('\n')).toContain('caused by: connection reset');
  expect(report(lockHeld).said.join('\n')).not.toContain('connection reset');
});

test('prints one object with --json', () => {
  const { written } = report(lockHeld, { json: true });
  expect(JSON.parse(written)).toMatchObject({ ok: false, error: { code: 'DEPLOY_LOCK_HELD' } });
  expect(written.trimEnd().split('\n')).toHaveLength(1);
});

test('a hint that is followed from a sandbox stays in the sandbox', () => {
  expect(report(lockHeld, { sandbox: true }).said[1]).toContain('scripts/flotilla unlock shop --sandbox');
  expect(report(lockHeld).said[1]).not.toContain('--sandbox');
  const noSandbox = new FlotillaError('CLI_UNKNOWN_ENVIRONMENT', { name: 'shop', isSandbox: true });
  expect(report(noSandbox, { sandbox: true }).said[1]).toBe('hint: scripts/flotilla up shop');
});
