import { printable, remoteScript } from '@flotilla/exec';
import type { RemoteFleet, RemoteResult, RemoteServer } from '@flotilla/exec';
import { sentinelUnit } from '@flotilla/model';

import { engineContainer } from './observe.ts';
import type { GuardedTarget } from './observe.ts';
import { electorateOf, groupVoters } from './policy/voters.ts';
import type { Electorate, Voter } from './policy/voters.ts';
import { majorityOf } from './policy/view.ts';
import type { ServiceView } from './policy/view.ts';

/** The docker client may take a moment to start; what it asks answers at once, or does not vote. */
const TIMEOUT_MS = 4_000;

/** $1 container, $2 service. Asks the Sentinel inside it whom it hears; who only asks needs no password. */
const ASK_SENTINEL = 'docker exec "$1" timeout 2 redis-cli -p 26379 sentinel sentinels "$2"';

/** $1 address of this server. An etcd without a leader says so by its status. Prints the body, then the status. */
const ASK_ETCD = `case $1 in *:*) host="[$1]" ;; *) host=$1 ;; esac
curl -sS --max-time 2 -w '\\n%{http_code}' "http://$host:2379/health"`;

/**
 * Asks every voter of an automatic service, on its own server, whether it votes; the members of a group by what the view says of them,
 * once it is there.
 * `undefined` where a person decides with the guards. Changes nothing.
 */
export async function observeVoters(
  fleet: RemoteFleet,
  target: GuardedTarget,
  view: Promise<ServiceView>,
): Promise<Electorate | undefined> {
  const { control, voters = target.members } = target;
  if (control === 'guard') return undefined;
  if (control === 'group-replication') return electorateOf(control, groupVoters(await view));
  if (control === 'patroni') return observeEtcd(fleet, target);
  const names = [...new Set(voters)];
  const answers = names.map((name) => askSentinel(fleet.server(name), target, names.length));
  return electorateOf(control, await Promise.all(answers));
}

/** Asks the etcd of every voter of a service that Patroni decides about. Changes nothing. */
export async function observeEtcd(fleet: RemoteFleet, { voters, members }: GuardedTarget): Promise<Electorate> {
  const names = [...new Set(voters ?? members)];
  return electorateOf('patroni', await Promise.all(names.map((name) => askEtcd(fleet.server(name)))));
}

async function askSentinel(remote: RemoteServer, target: GuardedTarget, total: number): Promise<Voter> {
  const { environment, service } = target;
  const container = engineContainer({ environment, service: sentinelUnit(service) });
  const result = await remote.run({ argv: remoteScript(ASK_SENTINEL, [container, service]), timeoutMs: TIMEOUT_MS });
  const server = remote.name;
  if (result.exitCode !== 0) return { server, votes: false, reason: whySilent(result, 'its Sentinel') };
  const hears = peersHeard(result.stdout);
  if (hears === undefined) return { server, votes: false, reason: `its Sentinel does not know ${service}` };
  if (hears + 1 >= majorityOf(total)) return { server, votes: true, reason: '' };
  return { server, votes: false, reason: `its Sentinel hears ${hears} of the ${total - 1} others` };
}

/** Counts the other Sentinels that one does not count as down; `undefined` when it does not know the service. */
export function peersHeard(reply: string): number | undefined {
  if (/^(ERR|NOAUTH|NOPERM)\b/.test(reply)) return undefined;
  const lines = reply.split(/\r?\n/);
  const flags = lines.flatMap((line, index) => (line === 'flags' ? [lines[index + 1]?.split(',') ?? []] : []));
  return flags.filter((each) => !each.some((flag) => /^([so]_down|disconnected)$/.test(flag))).length;
}

async function askEtcd(remote: RemoteServer): Promise<Voter> {
  const result = await remote.run({ argv: remoteScript(ASK_ETCD, [remote.host]), timeoutMs: TIMEOUT_MS });
  const server = remote.name;
  if (result.exitCode !== 0) return { server, votes: false, reason: whySilent(result, 'its etcd') };
  if (result.stdout.trimEnd().endsWith('\n200')) return { server, votes: true, reason: '' };
  const [, told = 'it is not well'] = /"reason":"([^"]+)"/.exec(result.stdout) ?? [];
  return { server, votes: false, reason: `its etcd says: ${printable(told)}` };
}

function whySilent({ unreachable, timedOut, stderr }: RemoteResult, what: string): string {
  if (unreachable || timedOut) return 'the server does not answer';
  const last = printable(stderr).trim().split('\n').at(-1) ?? '';
  return `${what} does not answer${last === '' ? '' : ` (${last})`}`;
}
