import { demand, remoteScript } from '@flotilla/exec';
import type { SecretStore } from '@flotilla/exec';
import { CONTROL_WORDS, COPY_DATA, databaseSecrets, FlotillaError, paths } from '@flotilla/model';

import { INSPECT_ADOPTION, MOVE_DATA, roleStatements } from './adopt-scripts.ts';
import { rootScript } from './as-root.ts';
import { observeService } from './observe.ts';
import type { GuardedTarget } from './observe.ts';
import { judgeAdoption, parseAdoptable } from './policy/adopt.ts';
import type { Adoptable } from './policy/adopt.ts';
import type { FailoverTools } from './session.ts';

/** Which running database becomes which service. */
export type Adoption = {
  /** Container on the server of the preferred primary. */
  readonly container: string;
  /** Image of the service in the environment. */
  readonly image: string;
  readonly secrets: SecretStore;
  /** Asked before anything is changed; throws to go no further. */
  readonly confirm: (plan: AdoptionPlan) => Promise<void>;
};

/** What an adoption does. */
export type AdoptionPlan = {
  readonly server: string;
  readonly container: string;
  /** Folder of the data now, and once they are adopted. */
  readonly source: string;
  readonly target: string;
  readonly sizeBytes: number;
  /** What a person should know before it. */
  readonly notes: readonly string[];
  /** Commands that bring the old container back, on its server, as root. */
  readonly undo: readonly string[];
};

const ASK_MS = 60_000;
/** The image of the service may have to be fetched. */
const PULL_MS = 15 * 60_000;
const STOP_MS = 180_000;

/**
 * Takes a running PostgreSQL over: makes the roles of guard and replicas in it, stops its container for good, and renames its data to where
 * the service keeps them; not a byte is copied. The next deploy opens it as the first primary, until when nobody is served. Throws
 * FAILOVER_ADOPT_UNSUPPORTED, FAILOVER_ADOPT_REFUSED (nothing was changed), or FAILOVER_ADOPT_FAILED (the old container runs again).
 */
export async function adopt(tools: FailoverTools, adoption: Adoption): Promise<AdoptionPlan> {
  const { fleet, target } = tools;
  checkAdoptable(target);
  const server = target.members[0] ?? '';
  const { found, notes } = await judge(tools, server, adoption);
  const plan = planOf(tools, { server, found, notes, container: adoption.container });
  await adoption.confirm(plan);
  const remote = fleet.server(server);
  await makeRoles(tools, { server, found, adoption });
  const args = [adoption.container, found.source, paths.data(target.environment, target.service), found.restart];
  const moved = await remote.run({ argv: rootScript(MOVE_DATA, args), timeoutMs: STOP_MS });
  if (moved.exitCode === 0) return plan;
  const detail = moved.stderr.trim().split('\n').at(-1) ?? 'no answer';
  throw new FlotillaError('FAILOVER_ADOPT_FAILED', {
    service: target.service,
    server,
    container: adoption.container,
    detail,
  });
}

/** Throws FAILOVER_ADOPT_UNSUPPORTED, with the way around, for a service that no running database can become. Asks nobody. */
export function checkAdoptable({ service, kind, control }: Pick<GuardedTarget, 'service' | 'kind' | 'control'>): void {
  if (kind === 'postgres' && control === 'guard') return;
  const copy = `deploy ${service} empty, ${COPY_DATA[kind]}, then move its clients`;
  throw new FlotillaError('FAILOVER_ADOPT_UNSUPPORTED', {
    service,
    what: `${kind} with ${CONTROL_WORDS[control]}`,
    path: kind === 'postgres' ? `declare it with failover: manual, which stays; or ${copy}` : copy,
  });
}

async function judge(tools: FailoverTools, server: string, { container, image }: Adoption) {
  const { fleet, target, clock } = tools;
  const { environment, service, members } = target;
  const refuse = (reasons: readonly string[]) =>
    new FlotillaError('FAILOVER_ADOPT_REFUSED', { service, server, container, reasons });
  const home = paths.data(environment, service);
  const argv = rootScript(INSPECT_ADOPTION, [container, home, image]);
  const [{ stdout }, view, free] = await Promise.all([
    demand(fleet.server(server), { action: `looking at ${container}`, argv, timeoutMs: PULL_MS }),
    observeService(fleet, target, clock),
    freeBytes(tools, members.slice(1)),
  ]);
  const found = parseAdoptable(stdout);
  if (found === undefined) throw refuse(['there is no such container']);
  const isGuarded = view.servers.some(({ guard }) => guard?.record != null);
  const { reasons, notes } = judgeAdoption(found, { image, free, isGuarded });
  if (reasons.length > 0) throw refuse(reasons);
  return { found, notes };
}

/** $1 folder, which need not exist yet. */
const FREE = `near=$1
while [ ! -e "$near" ]; do near=$(dirname "$near"); done
df -Pk "$near" | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\\([0-9]*\\).*/\\1/p'`;

async function freeBytes({ fleet, target }: FailoverTools, servers: readonly string[]) {
  const argv = remoteScript(FREE, [paths.data(target.environment, target.service)]);
  const answers = await Promise.all(
    servers.map(async (name) => {
      const { stdout } = await demand(fleet.server(name), {
        action: 'reading its free space',
        argv,
        timeoutMs: ASK_MS,
      });
      return [name, Number(stdout.trim()) * 1024] as const;
    }),
  );
  return Object.fromEntries(answers);
}

type Planned = Pick<AdoptionPlan, 'server' | 'container' | 'notes'> & { readonly found: Adoptable };

function planOf({ target }: FailoverTools, { server, container, found, notes }: Planned): AdoptionPlan {
  const { environment, service } = target;
  const folder = `${paths.data(environment, service)}/pgdata`;
  const undo = [
    `docker rm -f ${environment}-${service}`,
    `mv ${folder} ${found.source}`,
    `docker update --restart=${found.restart} ${container}`,
    `docker start ${container}`,
  ];
  return { server, container, source: found.source, target: folder, sizeBytes: found.sizeBytes, notes, undo };
}

type Roles = { readonly server: string; readonly found: Adoptable; readonly adoption: Adoption };

/** The passwords travel on the input, past every process list. */
async function makeRoles({ fleet, target }: FailoverTools, { server, found, adoption }: Roles): Promise<void> {
  const { service } = target;
  const read = async (name: string) => (await adoption.secrets.read(name)).reveal();
  const guard = await read(databaseSecrets.guard(service));
  const replication = await read(databaseSecrets.replication(service));
  const psql = ['psql', '-U', found.user, '-d', 'postgres', '-Xq'];
  await demand(fleet.server(server), {
    action: `making the roles of ${service}`,
    argv: ['docker', 'exec', '-i', adoption.container, ...psql],
    stdin: roleStatements({ guard, replication }),
    timeoutMs: ASK_MS,
  });
}
