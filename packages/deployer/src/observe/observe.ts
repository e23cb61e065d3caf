import { lastLines, remoteScript } from '@flotilla/exec';
import type { RemoteFleet, RemoteServer } from '@flotilla/exec';
import { GUARD_PORT, paths } from '@flotilla/model';

import { RUNTIME_PORT } from '../apply/haproxy.ts';
import type { ServerObservation } from './observation.ts';
import { parseObservation } from './parse.ts';
import { OBSERVE } from './script.ts';

/** What to ask beyond the server itself. */
export type ObserveScope = {
  readonly environment: string;
  /** Services that a guard watches. */
  readonly guarded: readonly string[];
  /** Servers that run a balancer whose entries a deploy drains. */
  readonly edgeServers: readonly string[];
};

const TIMEOUT_MS = 30_000;

/** Gives the state of one server in one round trip. Changes nothing; a server that does not answer is a value too. */
export async function observeServer(server: RemoteServer, scope: ObserveScope): Promise<ServerObservation> {
  const runtime = scope.edgeServers.includes(server.name) ? String(RUNTIME_PORT) : 'none';
  const args = [paths.root(scope.environment), scope.environment, String(GUARD_PORT), runtime, ...scope.guarded];
  const result = await server.run({ argv: remoteScript(OBSERVE, args), timeoutMs: TIMEOUT_MS });
  const observation = result.exitCode === 0 ? parseObservation(server.name, result.stdout) : undefined;
  if (observation !== undefined) return observation;
  const detail = lastLines(result.stderr) || (result.timedOut ? 'no answer in time' : 'its answer was not whole');
  return { kind: 'unreachable', server: server.name, detail, isImpostor: result.hostKeyRefused === true };
}

/** Gives the state of every server of a fleet, asked at the same time, in the fleet's order. */
export function observeFleet(fleet: RemoteFleet, scope: ObserveScope): Promise<readonly ServerObservation[]> {
  return Promise.all(fleet.servers.map((server) => observeServer(server, scope)));
}
