import { pollUntil, printable, remoteScript } from '@flotilla/exec';
import type { Clock, CommandRunner, RemoteServer } from '@flotilla/exec';
import type { Power } from '@flotilla/model';

/** What proves that the old primary cannot answer a client any more, or that nothing does. */
export type FenceProof =
  | { readonly kind: 'stopped'; readonly server: string; readonly evidence: string }
  | { readonly kind: 'powered-off'; readonly server: string; readonly evidence: string }
  | { readonly kind: 'unfenced'; readonly server: string; readonly tried: readonly string[] };

type FenceTarget = {
  readonly remote: RemoteServer;
  /** Container of the engine on that server. */
  readonly container: string;
  readonly power: Power | undefined;
  /** Whether the server answered when the view was taken; a dead one is not waited for twice. */
  readonly reachable: boolean;
};

/**
 * Puts the old primary out, strongest reachable means first, and proves it: its container is stopped over SSH with its
 * restart disabled, else the power is cut. May be repeated.
 */
export async function fence(
  target: FenceTarget,
  tools: { readonly runner: CommandRunner; readonly clock: Clock },
): Promise<FenceProof> {
  const server = target.remote.name;
  const tried: string[] = [];
  if (target.reachable) {
    const stopped = await stopOverSsh(target.remote, target.container);
    if (stopped.proved) return { kind: 'stopped', server, evidence: stopped.detail };
    tried.push(`stop over SSH: ${stopped.detail}`);
  } else {
    tried.push('stop over SSH: the server does not answer');
  }
  if (target.power === undefined) return { kind: 'unfenced', server, tried: [...tried, 'no power driver is declared'] };
  const off = await cutPower(target.power, tools);
  if (off.proved) return { kind: 'powered-off', server, evidence: off.detail };
  return { kind: 'unfenced', server, tried: [...tried, `power: ${off.detail}`] };
}

type Attempt = { readonly proved: boolean; readonly detail: string };

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

async function stopOverSsh(remote: RemoteServer, container: string): Promise<Attempt> {
  const result = await remote.run({ argv: remoteScript(STOP_SCRIPT, [container]), timeoutMs: 15_000 });
  const state = result.stdout.trim();
  if (result.exitCode === 0 && state === 'false 0 no') {
    return { proved: true, detail: `${container} is not running and will not be restarted` };
  }
  return { proved: false, detail: printable(result.stderr.trim() || state || 'no answer') };
}

async function cutPower(
  power: Power,
  { runner, clock }: { readonly runner: CommandRunner; readonly clock: Clock },
): Promise<Attempt> {
  const driver = powerCommands(power);
  const off = await runner.run({ argv: driver.off, timeoutMs: 20_000 });
  const isOff = async () => {
    const status = await runner.run({ argv: driver.status, timeoutMs: 10_000 });
    return status.exitCode === 0 && status.stdout.trim() === driver.offWhen ? status.stdout.trim() : undefined;
  };
  const state = await pollUntil(isOff, { intervalMs: 250, timeoutMs: 20_000, clock });
  if (state !== undefined) return { proved: true, detail: `${driver.status.join(' ')} says "${state}"` };
  return { proved: false, detail: printable(off.stderr.trim()) || 'the driver does not report it as off' };
}

type PowerCommands = {
  readonly off: readonly [string, ...string[]];
  readonly status: readonly [string, ...string[]];
  readonly offWhen: string;
};

/** Gives the commands of a power driver. `qm` is Proxmox's: https://pve.proxmox.com/pve-docs/qm.1.html */
export function powerCommands(power: Power): PowerCommands {
  if ('qm' in power) {
    const prefix = power.via === undefined ? [] : ['ssh', '-o', 'BatchMode=yes', `root@${power.via}`, '--'];
    const machine = String(power.qm);
    return {
      off: command([...prefix, 'qm', 'stop', machine]),
      status: command([...prefix, 'qm', 'status', machine]),
      offWhen: 'status: stopped',
    };
  }
  return { off: command(power.off), status: command(power.status), offWhen: power.offWhen };
}

function command(words: readonly string[]): readonly [string, ...string[]] {
  const [first, ...rest] = words;
  if (first === undefined) throw new Error('a power driver has no command');
  return [first, ...rest];
}
