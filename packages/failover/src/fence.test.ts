import { fakeClock, recordingFleet, recordingRunner } from '@flotilla/exec';
import { expect, test } from 'vitest';

import { fence, switchOn } from './fence.ts';

const CONTAINER = 'waybill-database';
const power = { off: ['cut', 'db1'], status: ['ask', 'db1'], offWhen: 'off' };

function bench(answers: {
  readonly ssh?: string;
  readonly power?: string;
  readonly unisolated?: readonly string[];
  readonly left?: readonly string[];
}) {
  const fleet = recordingFleet({
    environment: 'waybill',
    hosts: { db1: '192.0.2.13' },
    script: () => ({ stdout: answers.ssh ?? '' }),
  });
  const runner = recordingRunner(({ argv }) => ({ stdout: argv[0] === 'ask' ? `${answers.power ?? 'on'}\n` : '' }));
  const target = { remote: fleet.server('db1'), container: CONTAINER };
  const failed = answers.unisolated ?? ['lb: no answer'];
  const isolate = () => Promise.resolve({ isolated: ['app1', 'db2'], failed, left: answers.left ?? [] });
  return { target, runner, tools: { runner, clock: fakeClock(), isolate } };
}

test('a container that is stopped and will not be restarted is a proof, and no power is cut', async () => {
  const { target, runner, tools } = bench({ ssh: 'false 0 no\n' });
  expect(await fence({ ...target, power, reachable: true }, tools)).toMatchObject({ kind: 'stopped', server: 'db1' });
  expect(runner.commands).toEqual([]);
});

test('a container that Docker may restart is no proof: the power is cut', async () => {
  const { target, runner, tools } = bench({ ssh: 'false 0 unless-stopped\n', power: 'off' });
  expect(await fence({ ...target, power, reachable: true }, tools)).toMatchObject({ kind: 'powered-off' });
  expect(runner.commands.map(({ argv }) => argv)).toEqual([
    ['cut', 'db1'],
    ['ask', 'db1'],
  ]);
});

test('a machine that its driver does not report as off is not fenced, and what was tried is said', async () => {
  const { target, tools } = bench({ power: 'on' });
  const proof = await fence({ ...target, power, reachable: false }, tools);
  expect(proof).toMatchObject({
    kind: 'unfenced',
    tried: [expect.stringMatching(/SSH/), expect.stringMatching(/power/), expect.stringMatching(/isolation/)],
  });
});

test('without a power driver a silent machine is not fenced', async () => {
  const { target, tools } = bench({});
  expect(await fence({ ...target, power: undefined, reachable: false }, tools)).toMatchObject({ kind: 'unfenced' });
});

test('a machine that nothing can cut off is isolated, which counts only when every other server confirms it', async () => {
  const whole = bench({ power: 'on', unisolated: [] });
  expect(await fence({ ...whole.target, power, reachable: false }, whole.tools)).toMatchObject({ kind: 'isolated' });
  const partly = bench({ power: 'on' });
  const proof = await fence({ ...partly.target, power, reachable: false }, partly.tools);
  expect(proof).toMatchObject({
    kind: 'unfenced',
    tried: expect.arrayContaining([expect.stringContaining('lb: no answer')]),
  });
});

test('a machine is switched on by its driver, or it is said why not', async () => {
  const { runner, tools } = bench({});
  expect(await switchOn({ ...power, on: ['wake', 'db1'] }, tools)).toBeUndefined();
  expect(runner.commands.map(({ argv }) => argv)).toEqual([['wake', 'db1']]);
  expect(await switchOn(power, tools)).toMatch(/no command/);
  expect(await switchOn(undefined, tools)).toMatch(/no power driver/);
});
