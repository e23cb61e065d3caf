import { pollUntil, printable } from '@flotilla/exec';
import type { RemoteResult } from '@flotilla/exec';
import { ETCD_UNIT, FlotillaError, paths, SERVICE_LABEL } from '@flotilla/model';

import { rootScript } from '../as-root.ts';
import { engineContainer } from '../observe.ts';
import type { GuardedTarget } from '../observe.ts';
import type { Electorate, Voter } from '../policy/voters.ts';
import type { VoterReturn } from '../report.ts';
import { notReturned } from '../session.ts';
import type { Session } from '../session.ts';
import { observeEtcd } from '../voters.ts';

/** It copies the whole of etcd's data, a few megabytes, and waits for a leader. */
const JOIN_TIMEOUT_MS = 120_000;
const VOTES_TIMEOUT_MS = 60_000;

/** $1 compose file, $2 data folder. A log, once written, is what makes data of a folder: etcd makes the rest before it is refused. */
const LOOK = `
[ -f "$1" ] || { echo 'etcd is not deployed here' >&2; exit 1; }
if [ -n "$(find "$2" -name '*.wal' 2>/dev/null | head -n 1)" ]; then echo data; else echo empty; fi
`;

/** $1 container. As soon as the others have taken it out, it would begin a cluster of its own. */
const PARK = 'docker update --restart=no "$1" >/dev/null && docker stop -t 10 "$1" >/dev/null';

/** $1 container, $2 name, $3 peer URL. An etcd that was left just now lets nobody in before it has heard every other for some seconds. */
const ADMIT = `
members=$(docker exec "$1" etcdctl member list) || exit 1
for id in $(printf '%s\\n' "$members" | awk -F ', ' -v name="$2" -v url="$3" '$3 == name || $4 == url { print $1 }'); do
  docker exec "$1" etcdctl member remove "$id" >&2 || exit 1
done
tries=30
until added=$(docker exec "$1" etcdctl member add "$2" --peer-urls="$3"); do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || exit 1
  sleep 1
done
printf '%s\\n' "$added" | sed -n 's/^ETCD_INITIAL_CLUSTER="\\(.*\\)"$/\\1/p'
`;

/**
 * $1 container, $2 compose file, $3 members, $4 address. The first start says that there are others already; every later one reads so from its
 * data. It ends when the one that it asks has not heard of it yet, and is started again. It must be gone in the end, under every name: started
 * so on a disk that was emptied once more, it would vote as somebody who has forgotten its votes.
 */
const JOIN = `
docker rm -f "$1-joining" >/dev/null 2>&1
docker compose -p "$1" -f "$2" run --detach --no-deps --service-ports --name "$1-joining" --label "${SERVICE_LABEL}=joining" \\
  -e ETCD_INITIAL_CLUSTER_STATE=existing -e "ETCD_INITIAL_CLUSTER=$3" ${ETCD_UNIT} >/dev/null
joined=$?
docker update --restart=no "$1-joining" >/dev/null
tries=60
while [ "$joined" = 0 ] && ! curl -fsS --max-time 2 "http://$4:2379/health" >/dev/null 2>&1; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { docker logs --tail 1 "$1-joining" >&2; joined=1; }
  sleep 1
  docker start "$1-joining" >/dev/null
done
docker stop -t 10 "$1-joining" >/dev/null
docker rm -f "$1-joining" >/dev/null
docker update --restart=unless-stopped "$1" >/dev/null && docker start "$1" >/dev/null && [ "$joined" = 0 ]
`;

/** $1 container. */
const START =
  'docker rm -f "$1-joining" >/dev/null 2>&1; docker update --restart=unless-stopped "$1" && docker start "$1"';

/** Whether a server votes about a service by an etcd. */
export function hasEtcd({ control, voters, members }: GuardedTarget, server: string): boolean {
  return control === 'patroni' && (voters ?? members).includes(server);
}

/** Gives who votes about a service of Patroni's where `server` should, and does not; `undefined` where it does, or is none of them. */
export async function electorateWithout(session: Session, server: string): Promise<Electorate | undefined> {
  const { fleet, target } = session;
  if (!hasEtcd(target, server)) return undefined;
  const electorate = await observeEtcd(fleet, target);
  return electorate.voters.some((voter) => voter.server === server && voter.votes) ? undefined : electorate;
}

/**
 * Has the etcd of `server` vote again. One whose disk is empty is taken out by the others and let in under a new identity: it never votes twice.
 * May be repeated. Throws FAILOVER_NO_QUORUM (the etcd is as it was) or FAILOVER_REJOIN_FAILED.
 */
export async function returnVoter(session: Session, server: string, electorate: Electorate): Promise<VoterReturn> {
  const { environment } = session.target;
  const compose = `${paths.current(environment, ETCD_UNIT)}/compose.yaml`;
  const data = paths.data(environment, ETCD_UNIT);
  const isEmpty = (await run(session, server, { script: LOOK, words: [compose, data] })).trim() === 'empty';
  await (isEmpty
    ? replaceVoter(session, { server, compose, helper: helperAmong(session, electorate) })
    : run(session, server, { script: START, words: [containerOf(session)] }));
  const votes = async () => ((await electorateWithout(session, server)) === undefined ? true : undefined);
  const timing = { intervalMs: 500, timeoutMs: VOTES_TIMEOUT_MS, clock: session.clock };
  if ((await pollUntil(votes, timing)) === undefined) {
    const way = `moved aside, ${data} is made anew by the same command`;
    throw notReturned(session, server, `its etcd runs and does not vote; ${way}`);
  }
  session.say('rejoin', `the etcd of ${server} votes again`);
  return isEmpty ? 'replaced' : 'started';
}

/** Only a majority takes a voter out or lets one in; one that has its data needs nobody's leave. */
function helperAmong({ target }: Session, { what, voters, hasQuorum }: Electorate): Voter {
  const helper = voters.find(({ votes }) => votes);
  if (hasQuorum && helper !== undefined) return helper;
  const silent = voters.filter(({ votes }) => !votes).map(({ server }) => server);
  throw new FlotillaError('FAILOVER_NO_QUORUM', { service: target.service, what, silent });
}

type Replacement = { readonly server: string; readonly compose: string; readonly helper: Voter };

async function replaceVoter(session: Session, { server, compose, helper }: Replacement): Promise<void> {
  const { host } = session.fleet.server(server);
  const address = host.includes(':') ? `[${host}]` : host;
  const container = containerOf(session);
  session.say('rejoin', `the etcd of ${server} has lost its data: ${helper.server} takes it out and lets it in anew`);
  await run(session, server, { script: PARK, words: [container] });
  const admission = { script: ADMIT, words: [container, server, `http://${address}:2380`] };
  const members = (await run(session, helper.server, admission)).trim();
  if (members === '')
    throw notReturned(session, server, `the etcd of ${helper.server} did not say who its members are`);
  await run(session, server, { script: JOIN, words: [container, compose, members, address] });
}

type Order = { readonly script: string; readonly words: readonly string[] };

/** Goes on to its end when the command is asked to stop: a voter that is half in is worse than one that is late. */
async function run(session: Session, server: string, { script, words }: Order): Promise<string> {
  const remote = session.lasting.fleet.server(server);
  const result = await remote.run({ argv: rootScript(script, words), timeoutMs: JOIN_TIMEOUT_MS });
  if (result.exitCode !== 0) throw notReturned(session, server, reasonOf(result));
  return result.stdout;
}

function containerOf({ target }: Session): string {
  return engineContainer({ environment: target.environment, service: ETCD_UNIT });
}

function reasonOf({ stderr, timedOut, unreachable }: RemoteResult): string {
  if (timedOut || unreachable) return 'no answer in time';
  return printable(stderr.trim().split('\n').at(-1) ?? '');
}
