import { recordingFleet } from '@flotilla/exec';
import type { Reply } from '@flotilla/exec';
import type { ProbeSpec } from '@flotilla/model';
import { expect, it } from 'vitest';

import { gateUnit } from './gate.ts';

const container: ProbeSpec = { kind: 'container', graceMs: 10_000 };
const guard: ProbeSpec = { kind: 'guard', service: 'database', graceMs: 20_000 };

function fleetOf(...replies: readonly (Reply | 'unreachable')[]) {
  const left = [...replies];
  return recordingFleet({ environment: 'e', hosts: { app1: '192.0.2.1' }, script: () => left.shift() ?? {} });
}

function gate(fleet: ReturnType<typeof fleetOf>, gates: readonly ProbeSpec[]) {
  return gateUnit(fleet.server('app1'), { project: 'e-database', gates });
}

it('is healthy when every gate is, asked in order with one call each', async () => {
  const fleet = fleetOf({ stdout: 'ok running\nok running\n' }, { stdout: 'bad closed\nok primary\nok primary\n' });
  const verdict = await gate(fleet, [container, guard]);
  expect(verdict).toEqual({ kind: 'healthy', evidence: { output: 'primary', logs: '' } });
  expect(fleet.commands.map(({ command }) => command.timeoutMs)).toEqual([43_000, 50_000]);
});

it('stops at the first gate that fails and shows what it saw', async () => {
  const stdout = 'ok up\nbad HTTP 500\nlogs\n\u001b[31mboom\u001b[0m\n';
  const fleet = fleetOf({ stdout });
  const verdict = await gate(fleet, [container, guard]);
  expect(verdict).toEqual({ kind: 'unhealthy', evidence: { output: 'HTTP 500', logs: 'boom' } });
  expect(fleet.commands).toHaveLength(1);
});

it.each<Reply | 'unreachable'>(['unreachable', { exitCode: -1, timedOut: true }, { exitCode: 127, stderr: 'sh: no' }])(
  'calls a server that cannot be asked unknown, not unhealthy',
  async (reply) => {
    expect((await gate(fleetOf(reply), [container])).kind).toBe('unknown');
  },
);

it('is healthy without gates and asks nothing', async () => {
  const fleet = fleetOf();
  expect((await gate(fleet, [])).kind).toBe('healthy');
  expect(fleet.commands).toEqual([]);
});

it('does not take an empty answer for a good one', async () => {
  expect((await gate(fleetOf({ stdout: '' }), [container])).kind).toBe('unhealthy');
});
