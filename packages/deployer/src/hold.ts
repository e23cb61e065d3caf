import { demand, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { paths } from '@flotilla/model';

const TIMEOUT_MS = 15_000;

/** Freezes a server: deploys pass it over, and say so, until `endHold`. A second hold replaces the reason. */
export async function holdServer(server: RemoteServer, environment: string, reason: string): Promise<void> {
  const script = `set -eu; mkdir -p "$1"; printf '%s\\n' "$2" >"$1/hold.new"; mv "$1/hold.new" "$1/hold"`;
  const argv = remoteScript(script, [paths.root(environment), reason.replaceAll(/\s+/g, ' ')]);
  await demand(server, { action: 'holding the server', argv, timeoutMs: TIMEOUT_MS });
}

/** Ends the hold of a server; does nothing when there is none. */
export async function endHold(server: RemoteServer, environment: string): Promise<void> {
  const argv = remoteScript('rm -f "$1/hold"', [paths.root(environment)]);
  await demand(server, { action: 'ending the hold', argv, timeoutMs: TIMEOUT_MS });
}
