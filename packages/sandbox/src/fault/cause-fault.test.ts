import type { Reply } from '@flotilla/exec';
import { fakeClock, recordingRunner } from '@flotilla/exec';
import { describe, expect, it } from 'vitest';

import { causeFault } from './cause-fault.ts';
import type { Fault } from './fault.ts';

const CONTAINERS = [
  'aa\tflotilla-waybill-sandbox-db1\tdb1\t172.18.0.14\t22\trunning\tflotilla-waybill-sandbox',
  'bb\tflotilla-waybill-sandbox-db2\tdb2\t172.18.0.15\t22\trunning\tflotilla-waybill-sandbox',
  'cc\tflotilla-waybill-sandbox.registry\t\t172.18.0.2\t\trunning\tflotilla-waybill-sandbox',
].join('\n');

/** Causes a fault and gives the engine commands after the first, which lists the containers. */
async function cause(fault: Fault, answer: Reply = {}, containers = CONTAINERS) {
  const runner = recordingRunner(({ argv }) => (argv[1] === 'ps' ? { stdout: containers } : answer));
  await causeFault({ environment: 'waybill', runner, clock: fakeClock() }, fault);
  return runner.commands.slice(1).map(({ argv }) => argv.slice(1));
}

describe('causeFault', () => {
  it('takes the power of one server', async () => {
    expect(await cause({ kind: 'kill', server: 'db1' })).toEqual([['kill', 'flotilla-waybill-sandbox-db1']]);
  });

  it('tries again where a server could not be frozen, and says why when it never can', async () => {
    const fault: Fault = { kind: 'pause', server: 'db1' };
    const replies = [{ exitCode: 1, stderr: 'unable to freeze' }, {}];
    const runner = recordingRunner(({ argv }) => (argv[1] === 'ps' ? { stdout: CONTAINERS } : (replies.shift() ?? {})));
    await causeFault({ environment: 'waybill', runner, clock: fakeClock() }, fault);
    expect(runner.commands.filter(({ argv }) => argv[1] === 'pause')).toHaveLength(2);
    await expect(cause(fault, { exitCode: 1, stderr: 'unable to freeze' })).rejects.toMatchObject({
      code: 'SANDBOX_FAULT_FAILED',
    });
  });

  it('gives a server its old address back', async () => {
    const network = 'flotilla-waybill-sandbox';
    expect(await cause({ kind: 'reconnect', server: 'db2' })).toEqual([
      ['network', 'connect', '--ip', '172.18.0.15', network, 'flotilla-waybill-sandbox-db2'],
    ]);
  });

  it('switches off the restart of a service before its last crash', async () => {
    const [command] = await cause({ kind: 'kill-service', service: 'database', server: 'db1', restarts: false });
    expect(command?.[4]).toMatch(/"\$3" .* update --restart no .* kill -s KILL/);
    const words = ['flotilla.service=database', '/var/lib/flotilla/waybill/data/database'];
    expect(command?.slice(-3)).toEqual([...words, 'no-restart']);
    const [other] = await cause({ kind: 'kill-service', service: 'database', server: 'db1', restarts: true });
    expect(other?.slice(-3)).toEqual([...words, '']);
  });

  it('drops at both ends what is cut both ways, and on each its own half when it is cut one way', async () => {
    const halves = (commands: readonly (readonly string[])[]) =>
      commands.map((words) => [words[1], ...words.slice(-2)]);
    const [one, two] = ['flotilla-waybill-sandbox-db1', 'flotilla-waybill-sandbox-db2'];
    const oneWay = [
      [one, 'to', '172.18.0.15'],
      [two, 'from', '172.18.0.14'],
    ];
    expect(halves(await cause({ kind: 'cut', server: 'db1', peer: 'db2', isOneWay: true }))).toEqual(oneWay);
    const bothWays = [...oneWay, [one, 'from', '172.18.0.15'], [two, 'to', '172.18.0.14']];
    expect(halves(await cause({ kind: 'cut', server: 'db1', peer: 'db2', isOneWay: false }))).toEqual(bothWays);
  });

  it('cuts at the end that runs when the other is frozen, and not when both are', async () => {
    const fault: Fault = { kind: 'cut', server: 'db1', peer: 'db2', isOneWay: false };
    const frozen = CONTAINERS.replace('22\trunning', '22\tpaused');
    expect((await cause(fault, {}, frozen)).map((words) => words[1])).toEqual(
      Array(2).fill('flotilla-waybill-sandbox-db2'),
    );
    const code = 'SANDBOX_FAULT_FAILED';
    await expect(cause(fault, {}, frozen.replaceAll('\trunning', '\tpaused'))).rejects.toMatchObject({ code });
  });

  it('knows no server of that name, not even the registry', async () => {
    const code = 'SANDBOX_UNKNOWN_TARGET';
    await expect(cause({ kind: 'kill', server: 'db3' })).rejects.toMatchObject({ code });
    await expect(cause({ kind: 'kill', server: 'registry' })).rejects.toMatchObject({ code });
  });

  it('tells a missing service from a refused command', async () => {
    const fault: Fault = { kind: 'pause-service', service: 'database', server: 'db1' };
    await expect(cause(fault, { exitCode: 44 })).rejects.toMatchObject({ code: 'SANDBOX_UNKNOWN_TARGET' });
    await expect(cause(fault, { exitCode: 1 })).rejects.toMatchObject({ code: 'SANDBOX_FAULT_FAILED' });
  });

  it('says when there is no sandbox', async () => {
    await expect(cause({ kind: 'reboot' }, {}, '')).rejects.toMatchObject({ code: 'SANDBOX_NOT_UP' });
  });
});
