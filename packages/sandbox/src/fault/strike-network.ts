import { FlotillaError } from '@flotilla/model';

import type { ContainerState } from '../boot/docker.ts';
import type { NetworkFault } from './fault.ts';
import { formatFault } from './fault.ts';
import type { Strike } from './strike.ts';
import { findServer, inServer } from './strike.ts';

/**
 * A table of its own, which a firewall that is deployed does not touch. It sees packets before any address of theirs is changed, those
 * for containers as well; established connections are cut like new ones.
 */
const TABLE = `
add table ip flotilla_sandbox
add set ip flotilla_sandbox from { type ipv4_addr; }
add set ip flotilla_sandbox to { type ipv4_addr; }
add chain ip flotilla_sandbox in { type filter hook prerouting priority -310; }
add chain ip flotilla_sandbox out { type filter hook postrouting priority -310; }
flush chain ip flotilla_sandbox in
flush chain ip flotilla_sandbox out
add rule ip flotilla_sandbox in ip saddr @from drop
add rule ip flotilla_sandbox out ip daddr @to drop`;

/** $1 is a set, $2 the address that it takes. */
const DROP = `nft -f - <<END${TABLE}
add element ip flotilla_sandbox $1 { $2 }
END`;

/** This machine is the way out of the sandbox's network. */
const DROP_CONTROLLER = `set -- $(ip route show default); [ -n "$3" ] || { echo 'no way out' >&2; exit 1; }
nft -f - <<END${TABLE}
add element ip flotilla_sandbox from { $3 }
add element ip flotilla_sandbox to { $3 }
END`;

/** $1 the address that loses, $2 of a hundred packets. Each address has a chain, so that it can be taken away alone. */
const LOSE = `chain="loss_$(echo "$1" | tr . _)"; nft -f - <<END${TABLE}
add chain ip flotilla_sandbox $chain { type filter hook prerouting priority -305; }
flush chain ip flotilla_sandbox $chain
add rule ip flotilla_sandbox $chain ip saddr $1 numgen random mod 100 < $2 drop
END`;

/** $1 is the address of a server that is mended. An element is added first, because one that is missing cannot be taken away. */
const FORGET = `nft list table ip flotilla_sandbox >/dev/null 2>&1 || exit 0
chain="loss_$(echo "$1" | tr . _)"; nft -f - <<END
add element ip flotilla_sandbox from { $1 }
add element ip flotilla_sandbox to { $1 }
delete element ip flotilla_sandbox from { $1 }
delete element ip flotilla_sandbox to { $1 }
END
nft list chain ip flotilla_sandbox "$chain" >/dev/null 2>&1 || exit 0
nft delete chain ip flotilla_sandbox "$chain"`;

const FORGET_ALL = 'nft list table ip flotilla_sandbox >/dev/null 2>&1 || exit 0; nft delete table ip flotilla_sandbox';

/** Causes a fault between servers. Both ends drop the packets, so that it outlasts the power of one. Throws SANDBOX_… codes. */
export async function strikeNetwork(strike: Strike<NetworkFault>): Promise<void> {
  const { fault } = strike;
  const server = findServer(strike, fault.server);
  switch (fault.kind) {
    case 'cut':
      return strikeCut(strike, { server, peer: findServer(strike, fault.peer), isOneWay: fault.isOneWay });
    case 'cut-controller':
      return run(strike, { on: server, script: DROP_CONTROLLER, words: [] });
    case 'lossy': {
      const peer = findServer(strike, fault.peer);
      await run(strike, { on: server, script: LOSE, words: [peer.address, String(fault.percent)] });
      return run(strike, { on: peer, script: LOSE, words: [server.address, String(fault.percent)] });
    }
    default:
      throw new Error(`unreachable: ${String(fault satisfies never)}`);
  }
}

/** Removes every cut and loss of a server that runs, on it and on all others that run. A frozen peer keeps its half until it is mended. */
export async function forgetNetworkFaults(strike: Strike, mended: ContainerState): Promise<void> {
  await run(strike, { on: mended, script: FORGET_ALL, words: [] });
  for (const other of strike.servers) {
    if (other.name === mended.name || other.status !== 'running') continue;
    await run(strike, { on: other, script: FORGET, words: [mended.address] });
  }
}

type Cut = { readonly server: ContainerState; readonly peer: ContainerState; readonly isOneWay: boolean };

async function strikeCut(strike: Strike<NetworkFault>, { server, peer, isOneWay }: Cut): Promise<void> {
  const drops = [
    { on: server, set: 'to', address: peer.address },
    { on: peer, set: 'from', address: server.address },
    ...(isOneWay
      ? []
      : [
          { on: server, set: 'from', address: peer.address },
          { on: peer, set: 'to', address: server.address },
        ]),
  ].filter(({ on }) => on.status === 'running');
  if (drops.length === 0) {
    const stderr = `neither ${server.server} nor ${peer.server} runs`;
    throw new FlotillaError('SANDBOX_FAULT_FAILED', { fault: formatFault(strike.fault), stderr });
  }
  for (const { on, set, address } of drops) await run(strike, { on, script: DROP, words: [set, address] });
}

type Script = { readonly on: ContainerState; readonly script: string; readonly words: readonly string[] };

async function run(strike: Strike, { on, script, words }: Script): Promise<void> {
  await inServer(strike, { container: on.name, script, words });
}
