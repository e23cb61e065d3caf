import { remoteScript } from '@flotilla/exec';
import type { RemoteFleet, RemoteServer } from '@flotilla/exec';
import { GUARD_PORT } from '@flotilla/model';

import { parseGuardStatus } from './guard-client.ts';
import type { ContainerState, ServerView, ServiceView } from './policy/view.ts';

/** A guarded service as the environment declares it. */
export type GuardedTarget = {
  readonly environment: string;
  readonly service: string;
  /** Preferred primary first. */
  readonly members: readonly string[];
};

/** Gives the name of the engine's container. */
export function engineContainer({ environment, service }: Pick<GuardedTarget, 'environment' | 'service'>): string {
  return `${environment}-${service}`;
}

const OBSERVE = `
curl -sS --max-time 2 "http://$1:$2/$3/status" || true
echo
docker inspect -f '{{.State.Status}}' "$4" 2>/dev/null || echo missing
`;

/** A server that needs longer to answer is silent, as far as a decision is concerned. */
const PATIENCE_MS = 4_000;

/** Asks every server in parallel, one round trip each, what it knows of one service. Changes nothing. */
export async function observeService(fleet: RemoteFleet, target: GuardedTarget): Promise<ServiceView> {
  const servers = await Promise.all(fleet.servers.map((server) => observeServer(server, target)));
  return { environment: target.environment, service: target.service, members: target.members, servers };
}

async function observeServer(server: RemoteServer, target: GuardedTarget): Promise<ServerView> {
  const argv = remoteScript(OBSERVE, [server.host, String(GUARD_PORT), target.service, engineContainer(target)]);
  const result = await server.run({ argv, timeoutMs: PATIENCE_MS });
  if (result.unreachable || result.timedOut) {
    return { server: server.name, reachable: false, container: 'unknown', unseenPeers: [] };
  }
  const lines = result.stdout.trimEnd().split('\n');
  const guard = parseGuardStatus(lines.slice(0, -1).join('\n'));
  const unseenPeers = guard ? Object.keys(guard.peers).filter((peer) => guard.peers[peer] === null) : [];
  const container = containerState(lines.at(-1) ?? '');
  return { server: server.name, reachable: true, ...(guard ? { guard } : {}), container, unseenPeers };
}

function containerState(status: string): ContainerState {
  switch (status) {
    case 'running':
    case 'restarting':
      return 'running';
    case 'paused':
      return 'paused';
    case 'missing':
      return 'missing';
    default:
      return 'stopped';
  }
}
