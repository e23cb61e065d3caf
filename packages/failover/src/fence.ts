import { pollUntil, printable, remoteScript } from '@flotilla/exec';
import type { Clock, CommandRunner, RemoteServer, SecretStore } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import type { Power } from '@flotilla/model';

import type { Isolation } from './isolate.ts';
import { openPower } from './power.ts';
import type { PowerDriver } from './power.ts';

/** What proves that the old primary cannot answer a client any more, or that nothing does. */
export type FenceProof =
  | { readonly kind: 'stopped'; readonly server: string; readonly evidence: string }
  | { readonly kind: 'powered-off'; readonly server: string; readonly evidence: string }
  /** Every other server of the fleet drops its addresses, and has failed to reach it. */
  | { readonly kind: 'isolated'; readonly server: string; readonly evidence: string }
  | { readonly kind: 'unfenced'; readonly server: string; readonly tried: readonly string[] };

type FenceTarget = {
  readonly remote: RemoteServer;
  /** Container of the engine on that server. */
  readonly container: string;
  readonly power: Power | undefined;
  /** Whether the server answered when the view was taken; a dead one is not waited for twice. */
  readonly reachable: boolean;
};

type FenceTools = {
  readonly runner: CommandRunner;
  readonly clock: Clock;
  readonly secrets?: SecretStore;
  /** Isolates the server on every other one; one that fails is taken back, or says where it is left. */
  readonly isolate: (server: string) => Promise<Isolation>;
};

/**
 * Puts a member out, strongest reachable means first, and proves it: its container is stopped over SSH with its restart disabled, else the
 * power is cut, else every other server drops its addresses. May be repeated.
 */
export async function fence(target: FenceTarget, tools: FenceTools): Promise<FenceProof> {
  const server = target.remote.name;
  const tried: string[] = [];
  const means = [
    { kind: 'stopped', name: 'stop over SSH', attempt: () => stopMember(target) },
    { kind: 'powered-off', name: 'power', attempt: () => cutPower(target.power, tools) },
    { kind: 'isolated', name: 'isolation', attempt: () => isolateMember(server, tools) },
  ] as const;
  for (const { kind, name, attempt } of means) {
    const { proved, detail } = await attempt();
    if (proved) return { kind, server, evidence: detail };
    tried.push(`${name}: ${detail}`);
  }
  return { kind: 'unfenced', server, tried };
}

type Attempt = { readonly proved: boolean; readonly detail: string };

async function stopMember({ remote, container, reachable }: FenceTarget): Promise<Attempt> {
  if (!reachable) return { proved: false, detail: 'the server does not answer' };
  return stopOverSsh(remote, container);
}

/** A killed engine recovers from its log; a stop that asks nicely would let a half-dead one go on serving. */
const STOP_SCRIPT = `
docker update --restart=no "$1" >/dev/null || exit 1
docker kill "$1" >/dev/null 2>&1
for _ in 1 2 3 4 5 6 7 8 9 10; do
  state=$(docker inspect -f '{{.State.Running}} {{.State.Pid}} {{.HostConfig.RestartPolicy.Name}}' "$1") || exit 1
  [ "$state" = 'false 0 no' ] && break
  sleep 0.2
done
echo "$state"
`;

/** Kills a container, keeps Docker from starting it again, and verifies both. */
export async function stopOverSsh(remote: RemoteServer, container: string): Promise<Attempt> {
  const result = await remote.run({ argv: remoteScript(STOP_SCRIPT, [container]), timeoutMs: 15_000 });
  const state = result.stdout.trim();
  if (result.exitCode === 0 && state === 'false 0 no') {
    return { proved: true, detail: `${container} is not running and will not be restarted` };
  }
  return { proved: false, detail: printable(result.stderr.trim() || state || 'no answer') };
}

async function cutPower(power: Power | undefined, { runner, clock, secrets }: FenceTools): Promise<Attempt> {
  if (power === undefined) return { proved: false, detail: 'no power driver is declared' };
  const driver = await openDriver(power, secrets);
  if ('failure' in driver) return { proved: false, detail: driver.failure };
  const off = await runner.run({ ...driver.off, timeoutMs: 20_000 });
  const isOff = async () => driver.offState(await runner.run({ ...driver.status, timeoutMs: 10_000 }));
  const state = await pollUntil(isOff, { intervalMs: 250, timeoutMs: 20_000, clock });
  if (state !== undefined) return { proved: true, detail: `${driver.name} says "${state}"` };
  return { proved: false, detail: printable(off.stderr.trim()) || 'the driver does not report it as off' };
}

/** A password that is not there leaves the other means. */
async function openDriver(
  power: Power,
  secrets: SecretStore | undefined,
): Promise<PowerDriver | { readonly failure: string }> {
  try {
    return await openPower(power, secrets);
  } catch (error) {
    if (error instanceof FlotillaError) return { failure: error.message };
    throw error;
  }
}

/** What a power driver answers when it is only asked. */
export type PowerAnswer = {
  /** Names what was asked. */
  readonly asked: string;
  /** The driver answered, so that a failover can count on it. */
  readonly answers: boolean;
  /** By the answer, the machine is off. */
  readonly isOff: boolean;
  /** The answer, or why there is none; one line. */
  readonly detail: string;
};

/** Asks for the power of a machine, as a fence would, and changes nothing. */
export async function askPower(
  power: Power,
  { runner, secrets }: Pick<FenceTools, 'runner' | 'secrets'>,
): Promise<PowerAnswer> {
  const driver = await openDriver(power, secrets);
  if ('failure' in driver) return { asked: 'the secrets', answers: false, isOff: false, detail: driver.failure };
  const answer = await runner.run({ ...driver.status, timeoutMs: 15_000 });
  const { exitCode, stderr, timedOut } = answer;
  const asked = driver.name;
  if (exitCode === 0)
    return { asked, answers: true, isOff: driver.offState(answer) !== undefined, detail: driver.said(answer) };
  const why = printable(stderr.trim()).split('\n').at(-1) || `it ended with ${exitCode}`;
  return { asked, answers: false, isOff: false, detail: timedOut ? 'no answer within 15 s' : why };
}

/** Switches the power of a machine on. Gives why it did not work; `undefined` when it did. */
export async function switchOn(
  power: Power | undefined,
  { runner, secrets }: Pick<FenceTools, 'runner' | 'secrets'>,
): Promise<string | undefined> {
  if (power === undefined) return 'no power driver is declared';
  const driver = await openDriver(power, secrets);
  if ('failure' in driver) return driver.failure;
  if (driver.on === undefined) return 'its power driver has no command for it';
  const result = await runner.run({ ...driver.on, timeoutMs: 30_000 });
  return result.exitCode === 0 ? undefined : printable(result.stderr.trim()) || `it ended with ${result.exitCode}`;
}

async function isolateMember(server: string, tools: FenceTools): Promise<Attempt> {
  const { isolated, failed, left } = await tools.isolate(server);
  if (failed.length > 0) {
    const rest =
      left.length === 0
        ? 'taken back'
        : `its rules may stay on ${left.join(', ')} until a rejoin of ${server} lifts them`;
    return { proved: false, detail: `not confirmed by every other server (${failed.join('; ')}); ${rest}` };
  }
  return { proved: true, detail: `${isolated.join(', ')} drop its addresses and cannot reach it` };
}
