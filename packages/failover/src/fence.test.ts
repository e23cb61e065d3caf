import { fakeClock, recordingFleet, recordingRunner } from '@flotilla/exec';
import { expect, test } from 'vitest';

import { fence, powerCommands } from './fence.ts';

const CONTAINER = 'waybill-database';
const power = { off: ['cut', 'db1'], status: ['ask', 'db1'], offWhen: 'off' };

function bench(answers: { readonly ssh?: string; readonly power?: string }) {
  const fleet = recordingFleet({
    environment: 'waybill',
    hosts: { db1: '192.0.2.13' },
    script: () => ({ stdout: answers.ssh ?? '' }),
  });
  const runner = recordingRunner(({ argv }) => ({ stdout: argv[0] === 'ask' ? `${answers.power ?? 'on'}\n` : '' }));
  const target = { remote: fleet.server('db1'), container: CONTAINER };
  return { target, runner, tools: { runner, clock: fakeClock() } };
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
    tried: [expect.stringMatching(/SSH/), expect.stringMatching(/power/)],
  });
});

test('without a power driver a silent machine is not fenced', async () => {
  const { target, tools } = bench({});
  expect(await fence({ ...target, power: undefined, reachable: false }, tools)).toMatchObject({ kind: 'unfenced' });
});

test('a Proxmox guest is stopped and asked on its host', () => {
  const commands = powerCommands({ qm: 113, via: '192.0.2.2' });
  const ssh = ['ssh', '-o', 'BatchMode=yes', 'root@192.0.2.2', '--'];
  expect(commands).toEqual({
    off: [...ssh, 'qm', 'stop', '113'],
    status: [...ssh, 'qm', 'status', '113'],
    offWhen: 'status: stopped',
  });
});
