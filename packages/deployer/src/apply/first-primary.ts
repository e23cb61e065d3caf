import { demand, lastLines, pollUntil, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { FlotillaError, GUARD_PORT, paths } from '@flotilla/model';
import type { GuardedService } from '@flotilla/model';

import type { DeployContext } from './context.ts';

/** Who is a member of a service, and who decides about its primary. */
export type FirstMembers = Pick<GuardedService, 'service' | 'members' | 'control'>;

/**
 * A disk counts as empty when no file is on it but the permission itself. Data belong to the engine's user and are closed
 * to others: without root, a full folder would look like an empty one.
 */
const HOLDS_DATA = `holds_data() {
  ! sudo -n test ! -e "$1" || return 1
  found=$(sudo -n find "$1" -name lost+found -prune -o ! -type d ! -name init-allowed -print -quit) || return 0
  [ -n "$found" ]
}
`;

/**
 * $1 guard's port, $2 service, $3 data folder, $4 link to the current release. Prints `record`, `none` or `silent`, then `data`, `empty`
 * or `adopted` (a database was put there for the service to begin with), then `deployed` or `new`.
 */
export const ASK_GUARD = `${HOLDS_DATA}record=$(curl -fsS --max-time 3 "http://127.0.0.1:$1/$2/record") || record=silent
case $record in silent) echo silent ;; null) echo none ;; *) echo record ;; esac
if sudo -n test -e "$3/adopted"; then echo adopted; elif holds_data "$3"; then echo data; else echo empty; fi
if [ -L "$4" ]; then echo deployed; else echo new; fi
`;

/** $1 data folder. Lets the engine initialise an empty disk, once. */
export const ALLOW_INIT = `${HOLDS_DATA}set -eu
[ -d "$1" ] || mkdir -p "$1"
! holds_data "$1" || { echo 'there are data already' >&2; exit 1; }
sudo -n touch "$1/init-allowed"
sudo -n sync "$1/init-allowed"
`;

/** $1 control socket, $2 service, $3 holder. Prints the guard's answer and ends with 1 for a refusal. */
export const BEGIN_TERM = `answer=$(curl -sS --max-time 10 --unix-socket "$1" -X POST -H 'content-type: application/json' \\
  --data "{\\"holder\\":\\"$3\\"}" -w ' %{http_code}' "http://guard/$2/bootstrap") || exit 1
echo "$answer"
case $answer in *' 200') ;; *) exit 1 ;; esac
`;

/** $1 data folder. */
export const FORGET_ADOPTION = 'sudo -n rm -f "$1/adopted" && sudo -n sync "$1"';

type Answer = {
  readonly server: RemoteServer;
  readonly record: string;
  readonly data: string;
  readonly release: string;
};

const TIMEOUT_MS = 30_000;
const GUARD_START = { intervalMs: 500, timeoutMs: 60_000 };

/**
 * Names the first primary of a service, once in its life, so that exactly one member may initialise its disk. Throws
 * DEPLOY_GUARD_SILENT, DEPLOY_DATA_WITHOUT_TERM or DEPLOY_GUARD_REFUSED, and nothing was begun then.
 */
export function nameFirstPrimary(context: DeployContext, service: FirstMembers): Promise<void> {
  return service.control === 'guard' ? beginFirstTerm(context, service) : allowFirstMember(context, service);
}

/**
 * When no guard of the fleet has a record and no member has data, lets the preferred primary initialise its disk and tells every guard of
 * term 1. Where there is a record, an earlier run may have been cut short: it tells the guards without one again and leaves it to
 * them to refuse.
 */
async function beginFirstTerm(context: DeployContext, { service, members }: FirstMembers): Promise<void> {
  const holder = preferred(service, members);
  const answers = await askGuards(context, service);
  const isFirst = answers.every(({ record }) => record === 'none');
  if (isFirst) await allowInit(context, { service, members }, answers);
  const asked = answers.filter(({ record }) => record === 'none');
  const refusals = await Promise.all(asked.map(({ server }) => beginTerm(context, server, { service, holder })));
  const refusal = refusals.find((answer) => answer !== undefined);
  // Guards that hear of the term from a majority take it over by themselves: their refusal stops nothing then.
  if (isFirst && refusal !== undefined) throw new FlotillaError('DEPLOY_GUARD_REFUSED', { service, ...refusal });
  if (answers.some((answer) => isAdoption(answer, members))) await forgetAdoption(context, service, holder);
  if (isFirst) context.events({ kind: 'first-primary', service, server: holder });
}

/** A consensus names its primary itself; that only one member begins with new data is what a deploy sees to. */
async function allowFirstMember(context: DeployContext, { service, members }: FirstMembers): Promise<void> {
  const holder = preferred(service, members);
  const argv = askScript(context, service);
  const reachable = members.filter((member) => context.reachable.includes(member));
  const answers = await Promise.all(reachable.map((member) => askOne(context.fleet.server(member), argv)));
  if (answers.some(({ release }) => release === 'deployed')) return;
  const asked = answers.filter(({ release }) => release === 'new');
  await allowInit(context, { service, members }, asked);
  context.events({ kind: 'first-primary', service, server: holder });
}

function preferred(service: string, [holder]: readonly string[]): string {
  if (holder === undefined) throw new Error(`${service} has no members`);
  return holder;
}

function askScript({ environment }: DeployContext, service: string): readonly [string, ...string[]] {
  const args = [String(GUARD_PORT), service, paths.data(environment, service), paths.current(environment, service)];
  return remoteScript(ASK_GUARD, args);
}

async function askGuards(context: DeployContext, service: string): Promise<readonly Answer[]> {
  const servers = context.fleet.servers.filter(({ name }) => context.reachable.includes(name));
  const argv = askScript(context, service);
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
  const silent = { server, record: 'silent', data: 'data', release: 'unknown' };
  if (exitCode !== 0) return silent;
  const [record = silent.record, data = silent.data, release = silent.release] = stdout.trim().split('\n');
  return { server, record, data, release };
}

async function allowInit(
  context: DeployContext,
  { service, members }: Pick<FirstMembers, 'service' | 'members'>,
  answers: readonly Answer[],
): Promise<void> {
  const isAdopted = answers.some((answer) => isAdoption(answer, members));
  const withData = answers.filter(
    (answer) => members.includes(answer.server.name) && answer.data !== 'empty' && !isAdoption(answer, members),
  );
  if (withData.length > 0) {
    const servers = withData.map(({ server }) => server.name);
    throw new FlotillaError('DEPLOY_DATA_WITHOUT_TERM', { service, servers });
  }
  const unasked = members.filter((member) => !answers.some(({ server }) => server.name === member));
  // A member that cannot be asked may be the one with the data.
  if (unasked.length > 0) throw new FlotillaError('DEPLOY_GUARD_SILENT', { service, servers: unasked });
  if (isAdopted) return;
  const folder = paths.data(context.environment, service);
  const argv = remoteScript(ALLOW_INIT, [folder]);
  const server = context.fleet.server(members[0] ?? '');
  await demand(server, { action: `preparing the first disk of ${service}`, argv, timeoutMs: TIMEOUT_MS });
}

/** Only the preferred primary begins with data that were adopted. */
function isAdoption({ server, data }: Answer, [holder]: readonly string[]): boolean {
  return data === 'adopted' && server.name === holder;
}

/** Once a term is known, the data are the service's like any other, and begin nothing again. */
async function forgetAdoption({ fleet, environment }: DeployContext, service: string, holder: string): Promise<void> {
  const argv = remoteScript(FORGET_ADOPTION, [paths.data(environment, service)]);
  await demand(fleet.server(holder), { action: `beginning with the data of ${service}`, argv, timeoutMs: TIMEOUT_MS });
}

type FirstTerm = { readonly service: string; readonly holder: string };

async function beginTerm(context: DeployContext, server: RemoteServer, { service, holder }: FirstTerm) {
  const socket = `${paths.guardControl(context.environment)}/control.sock`;
  const argv = remoteScript(BEGIN_TERM, [socket, service, holder]);
  const { exitCode, stdout, stderr } = await server.run({ argv, timeoutMs: TIMEOUT_MS });
  return exitCode === 0 ? undefined : { server: server.name, detail: lastLines(`${stdout}\n${stderr}`) };
}
