import { remoteScript } from '@flotilla/exec';
import type { Clock, RemoteFleet, RemoteResult, RemoteServer } from '@flotilla/exec';
import { GUARD_PORT } from '@flotilla/model';
import type { Control, DatabaseKind, GuardStatus } from '@flotilla/model';

import { parseGuardStatus } from './guard-client.ts';
import { isLostByAll } from './policy/view.ts';
import type { ContainerState, ServerView, ServiceView } from './policy/view.ts';

/** A service with a primary as the environment declares it. */
export type GuardedTarget = {
  readonly environment: string;
  readonly service: string;
  readonly kind: DatabaseKind;
  readonly control: Control;
  /** Preferred primary first. */
  readonly members: readonly string[];
  /** Servers that vote about the primary of an automatic service. Absent means its members. */
  readonly voters?: readonly string[];
  /** Port that the engine is published on, on each member's address. Absent means its kind's own. */
  readonly port?: number;
};

/** Gives the name of the engine's container. */
export function engineContainer({ environment, service }: Pick<GuardedTarget, 'environment' | 'service'>): string {
  return `${environment}-${service}`;
}

const OBSERVE = `
curl -sS --max-time 2 "http://$1:$2/$3/status" || true
echo
docker inspect -f '{{.State.Status}} {{.HostConfig.RestartPolicy.Name}}' "$4" 2>/dev/null || echo missing
`;

/** A server that needs longer to answer is silent, as far as a decision is concerned. */
const PATIENCE_MS = 4_000;
/** After so long, one that every guard has lost as well is not waited for any more. */
const SHORT_PATIENCE_MS = 2_000;
const AGAIN_MS = 200;

/**
 * Asks every server in parallel, one round trip each, what it knows of one service. While one is silent, the others are asked
 * again whether they still see it. Changes nothing.
 */
export async function observeService(fleet: RemoteFleet, target: GuardedTarget, clock: Clock): Promise<ServiceView> {
  const ending = new AbortController();
  const look: Look = { fleet, target, clock, signal: ending.signal, answers: new Map() };
  const everyone = Promise.all(fleet.servers.map((server) => ask(look, server)));
  try {
    await Promise.race([everyone, untilSilentIsLost(look)]);
    const servers = fleet.servers.map(({ name }) => look.answers.get(name) ?? silent(name));
    return { environment: target.environment, service: target.service, members: target.members, servers };
  } finally {
    ending.abort();
  }
}

type Look = {
  readonly fleet: RemoteFleet;
  readonly target: GuardedTarget;
  readonly clock: Clock;
  /** Aborts when the look is over. */
  readonly signal: AbortSignal;
  readonly answers: Map<string, ServerView>;
};

/** Resolves when the guards of all who answered have lost all who did not: two vantage points say the same. */
async function untilSilentIsLost({ fleet, target, clock, signal, answers }: Look): Promise<void> {
  await clock.sleep(SHORT_PATIENCE_MS, signal);
  while (!signal.aborted) {
    const pending = fleet.servers.filter(({ name }) => !answers.has(name));
    const reached = fleet.servers.filter(({ name }) => answers.get(name)?.reachable === true);
    // What they said at first is older than the silence.
    const fresh = await Promise.all(reached.map((server) => observeServer(server, target, signal)));
    if (signal.aborted) return;
    if (pending.every(({ name }) => isLostByAll(fresh, name, fleet.servers.length))) {
      for (const view of fresh) answers.set(view.server, view);
      return;
    }
    await clock.sleep(AGAIN_MS, signal);
  }
}

async function ask({ target, signal, answers }: Look, server: RemoteServer): Promise<void> {
  const view = await observeServer(server, target, signal);
  if (!signal.aborted) answers.set(server.name, view);
}

async function observeServer(server: RemoteServer, target: GuardedTarget, signal: AbortSignal): Promise<ServerView> {
  const argv = remoteScript(OBSERVE, [server.host, String(GUARD_PORT), target.service, engineContainer(target)]);
  const result = await server.run({ argv, timeoutMs: PATIENCE_MS, signal });
  if (result.hostKeyRefused === true) return { ...silent(server.name), isImpostor: true };
  if (result.unreachable || result.timedOut) return { ...silent(server.name), ...whySilent(result) };
  const lines = result.stdout.trimEnd().split('\n');
  const guard = parseGuardStatus(lines.slice(0, -1).join('\n'));
  const unseenPeers = guard === undefined ? [] : unseenBy(guard);
  const container = containerState(lines.at(-1) ?? '');
  return { server: server.name, reachable: true, ...(guard ? { guard } : {}), container, unseenPeers };
}

function whySilent({ stderr, timedOut }: RemoteResult): Pick<ServerView, 'detail'> {
  const detail = timedOut ? `no answer within ${PATIENCE_MS / 1000} s` : stderr.trim().split('\n').at(-1);
  return detail === undefined || detail === '' ? {} : { detail };
}

/** Without terms, a peer that answers has no record either. */
function unseenBy({ peers, hears }: GuardStatus): readonly string[] {
  return Object.keys(peers).filter((peer) => (hears === undefined ? peers[peer] === null : !hears.includes(peer)));
}

function silent(server: string): ServerView {
  return { server, reachable: false, container: 'unknown', unseenPeers: [] };
}

/** Between its end and its next start, a container that crashed looks like one that was stopped; only its policy tells. */
function containerState(line: string): ContainerState {
  const [status, restartPolicy] = line.split(' ');
  switch (status) {
    case 'running':
    case 'paused':
    case 'missing':
      return status;
    case 'restarting':
      return 'ended';
    default:
      return restartPolicy === 'no' ? 'stopped' : 'ended';
  }
}
