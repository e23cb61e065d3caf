import { fakeClock, recordingFleet, recordingRunner } from '@flotilla/exec';
import { expect, test } from 'vitest';

import { Interruption, stoppable } from './stoppable.ts';

function bench() {
  const stop = new AbortController();
  const fleet = recordingFleet({ environment: 'lab', hosts: { db1: '192.0.2.1' }, script: () => ({ stdout: 'yes' }) });
  const runner = recordingRunner(() => ({}));
  return { stop, fleet, runner, stopped: stoppable({ fleet, runner, clock: fakeClock() }, stop.signal) };
}

const command = { argv: ['true'], timeoutMs: 1_000 } as const;

test('until the signal, everything is as it was', async () => {
  const { stopped, fleet } = bench();
  expect(await stopped.fleet.server('db1').run(command)).toMatchObject({ stdout: 'yes' });
  expect(fleet.commands).toHaveLength(1);
  await stopped.clock.sleep(100);
  expect(stopped.clock.now()).toBe(100);
});

test('after it, nothing is run any more, here or on a server', async () => {
  const { stop, stopped, fleet, runner } = bench();
  stop.abort();
  await expect(stopped.fleet.server('db1').run(command)).rejects.toThrow(Interruption);
  await expect(stopped.runner.run(command)).rejects.toThrow(Interruption);
  expect([...fleet.commands, ...runner.commands]).toEqual([]);
});

test('a sleep does not only end early: a loop that asks nobody would spin', async () => {
  const { stop, stopped } = bench();
  const sleep = stopped.clock.sleep(60_000);
  stop.abort();
  await expect(sleep).rejects.toThrow(Interruption);
  await expect(stopped.clock.sleep(1)).rejects.toThrow(Interruption);
});

test('a sleep that its own signal ended just ends', async () => {
  const { stopped } = bench();
  await expect(stopped.clock.sleep(1_000, AbortSignal.abort())).resolves.toBeUndefined();
});
