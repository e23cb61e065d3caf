import { demand, lastLines, pollUntil, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { FlotillaError, GUARD_PORT, paths } from '@flotilla/model';

import type { DeployContext } from './context.ts';

/** A guarded service and the servers that hold its data, preferred primary first. */
export type GuardedMembers = { readonly service: string; readonly members: readonly string[] };

/**
 * $1 guard's port, $2 service, $3 data folder. Prints `record`, `none` or `silent`, then `data` or `empty`. Data belong to the engine's user and
 * are closed to others: without root, a full folder would look like an empty one.
 */
export const ASK_GUARD = `record=$(curl -fsS --max-time 3 "http://127.0.0.1:$1/$2/record") || record=silent
case $record in silent) echo silent ;; null) echo none ;; *) echo record ;; esac
if sudo -n test ! -e "$3/pgdata"; then echo empty
elif content=$(sudo -n ls -A "$3/pgdata") && [ -z "$content" ]; then echo empty
else echo data; fi
`;

/** $1 data folder. Lets the engine initialise an empty disk, once. */
export const ALLOW_INIT = `set -eu
[ -d "$1" ] || mkdir -p "$1"
if sudo -n test -e "$1/pgdata"; then
  content=$(sudo -n ls -A "$1/pgdata")
  [ -z "$content" ] || { echo 'there are data already' >&2; exit 1; }
fi
sudo -n touch "$1/init-allowed"
sudo -n sync "$1/init-allowed"
`;

/** $1 control socket, $2 service, $3 holder. Prints the guard's answer and ends with 1 for a refusal. */
export const BEGIN_TERM = `answer=$(curl -sS --max-time 10 --unix-socket "$1" -X POST -H 'content-type: application/json' \\
  --data "{\\"holder\\":\\"$3\\"}" -w ' %{http_code}' "http://guard/$2/bootstrap") || exit 1
echo "$answer"
case $answer in *' 200') ;; *) exit 1 ;; esac
`;

type Answer = { readonly server: RemoteServer; readonly record: string; readonly data: string };

const TIMEOUT_MS = 30_000;
const GUARD_START = { intervalMs: 500, timeoutMs: 60_000 };

/**
 * Names the first primary of a guarded service, once in its life: when no guard of the fleet has a record and no member has data,
 * lets the preferred primary initialise its disk and tells every guard of term 1. Where there is a record, an earlier run may have been cut short:
 * it tells the guards without one again and leaves it to them to refuse. Throws DEPLOY_GUARD_SILENT, DEPLOY_DATA_WITHOUT_TERM or
 * DEPLOY_GUARD_REFUSED, and nothing was begun then.
 */
export async function nameFirstPrimary(context: DeployContext, { service, members }: GuardedMembers): Promise<void> {
  const holder = members[0];
  if (holder === undefined) throw new Error(`${service} has no members`);
  const answers = await askGuards(context, service);
  const isFirst = answers.every(({ record }) => record === 'none');
  if (isFirst) await allowInit(context, { service, members }, answers);
  const asked = answers.filter(({ record }) => record === 'none');
  const refusals = await Promise.all(asked.map(({ server }) => beginTerm(context, server, { service, holder })));
  const refusal = refusals.find((answer) => answer !== undefined);
  // Guards that hear of the term from a majority take it over by themselves: their refusal stops nothing then.
  if (isFirst && refusal !== undefined) throw new FlotillaError('DEPLOY_GUARD_REFUSED', { service, ...refusal });
  if (isFirst) context.events({ kind: 'first-primary', service, server: holder });
}

async function askGuards(context: DeployContext, service: string): Promise<readonly Answer[]> {
  const servers = context.fleet.servers.filter(({ name }) => context.reachable.includes(name));
  const argv = remoteScript(ASK_GUARD, [String(GUARD_PORT), service, paths.data(context.environment, service)]);
  let silent: readonly string[] = [];
  const answers = await pollUntil(
    async () => {
      const round = await Promise.all(servers.map((server) => askOne(server, argv)));
      silent = round.filter(({ record }) => record === 'silent').map(({ server }) => server.name);
      // With one record somewhere this is no first deploy, and a guard that is down must not stop it.
      return silent.length === 0 || round.some(({ record }) => record === 'record') ? round : undefined;
    },
    { ...GUARD_START, clock: context.clock },
  );
  if (answers === undefined) throw new FlotillaError('DEPLOY_GUARD_SILENT', { service, servers: silent });
  return answers;
}

async function askOne(server: RemoteServer, argv: readonly [string, ...string[]]): Promise<Answer> {
  const { stdout, exitCode } = await server.run({ argv, timeoutMs: TIMEOUT_MS });
  const [record = 'silent', data = 'data'] = stdout.trim().split('\n');
  return exitCode === 0 ? { server, record, data } : { server, record: 'silent', data: 'data' };
}

async function allowInit(
  context: DeployContext,
  { service, members }: GuardedMembers,
  answers: readonly Answer[],
): Promise<void> {
  const withData = answers.filter(({ server, data }) => members.includes(server.name) && data !== 'empty');
  if (withData.length > 0) {
    const servers = withData.map(({ server }) => server.name);
    throw new FlotillaError('DEPLOY_DATA_WITHOUT_TERM', { service, servers });
  }
  const unasked = members.filter((member) => !answers.some(({ server }) => server.name === member));
  // A member that cannot be asked may be the one with the data.
  if (unasked.length > 0) throw new FlotillaError('DEPLOY_GUARD_SILENT', { service, servers: unasked });
  const folder = paths.data(context.environment, service);
  const argv = remoteScript(ALLOW_INIT, [folder]);
  const server = context.fleet.server(members[0] ?? '');
  await demand(server, { action: `preparing the first disk of ${service}`, argv, timeoutMs: TIMEOUT_MS });
}

type FirstTerm = { readonly service: string; readonly holder: string };

async function beginTerm(context: DeployContext, server: RemoteServer, { service, holder }: FirstTerm) {
  const socket = `${paths.guardControl(context.environment)}/control.sock`;
  const argv = remoteScript(BEGIN_TERM, [socket, service, holder]);
  const { exitCode, stdout, stderr } = await server.run({ argv, timeoutMs: TIMEOUT_MS });
  return exitCode === 0 ? undefined : { server: server.name, detail: lastLines(`${stdout}\n${stderr}`) };
}
