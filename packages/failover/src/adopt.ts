import { demand, remoteScript } from '@flotilla/exec';
import type { SecretStore } from '@flotilla/exec';
import { CONTROL_WORDS, COPY_DATA, databaseSecrets, FlotillaError, paths } from '@flotilla/model';
import type { DatabaseKind } from '@flotilla/model';

import type { AdoptionDriver, AdoptionPasswords } from './adopt/driver.ts';
import { mysqlAdoption } from './adopt/mysql.ts';
import { postgresAdoption } from './adopt/postgres.ts';
import { redisAdoption } from './adopt/redis.ts';
import { rootScript } from './as-root.ts';
import { observeService } from './observe.ts';
import type { GuardedTarget } from './observe.ts';
import { judgeContainer, readContainer } from './policy/adoption/container.ts';
import type { AdoptionCircumstances, FoundContainer } from './policy/adoption/container.ts';
import type { FailoverTools } from './session.ts';

/** Which running database becomes which service. */
export type Adoption = {
  /** Container on the server of the preferred primary. */
  readonly container: string;
  /** What the environment says of the service. */
  readonly declared: Pick<AdoptionCircumstances, 'image' | 'memoryBytes' | 'tuning' | 'databases'>;
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
const STOP_MS = 360_000;

const DRIVERS: Readonly<Record<DatabaseKind, AdoptionDriver>> = {
  postgres: postgresAdoption,
  mysql: mysqlAdoption('mysql'),
  mariadb: mysqlAdoption('mariadb'),
  redis: redisAdoption,
};

/**
 * Takes a running database over: makes the accounts of guard and replicas in it, stops its container for good, and gives its data their
 * place by a rename (Redis: by a second name of the dump that its stop wrote); not a byte is copied. The next deploy opens it as the first
 * primary, until when nobody is served. Throws FAILOVER_ADOPT_UNSUPPORTED, FAILOVER_ADOPT_REFUSED (nothing was changed), or
 * FAILOVER_ADOPT_FAILED (the old container runs again).
 */
export async function adopt(tools: FailoverTools, adoption: Adoption): Promise<AdoptionPlan> {
  const { fleet, target } = tools;
  checkAdoptable(target);
  const { container, declared } = adoption;
  const server = target.members[0] ?? '';
  const driver = DRIVERS[target.kind];
  const passwords = await readPasswords(target, adoption.secrets);
  const { found, notes } = await judge(tools, { server, driver, passwords, adoption });
  const plan = planOf(tools, { server, driver, found, notes, container });
  await adoption.confirm(plan);
  await makeAccounts(tools, { server, driver, found, passwords, adoption });
  const args = [container, found.source, paths.data(target.environment, target.service), found.restart, declared.image];
  const moved = await fleet.server(server).run({
    argv: rootScript(driver.move, args),
    stdin: passwords.superuser,
    timeoutMs: STOP_MS,
  });
  if (moved.exitCode === 0) return plan;
  const detail = moved.stderr.trim().split('\n').at(-1) ?? 'no answer';
  throw new FlotillaError('FAILOVER_ADOPT_FAILED', { service: target.service, server, container, detail });
}

/** Throws FAILOVER_ADOPT_UNSUPPORTED, with the way around, for a service that no running database can become. Asks nobody. */
export function checkAdoptable({ service, kind, control }: Pick<GuardedTarget, 'service' | 'kind' | 'control'>): void {
  if (control === 'guard') return;
  const copy = `deploy ${service} empty, ${COPY_DATA[kind]}, then move its clients`;
  throw new FlotillaError('FAILOVER_ADOPT_UNSUPPORTED', {
    service,
    what: `${kind} with ${CONTROL_WORDS[control]}`,
    path: `declare it with failover: manual, which stays; or ${copy}`,
  });
}

/** Redis has the superuser's alone. */
async function readPasswords({ service, kind }: GuardedTarget, secrets: SecretStore): Promise<AdoptionPasswords> {
  const read = async (name: string) => (await secrets.read(name)).reveal();
  const superuser = await read(databaseSecrets.superuser(service));
  if (kind === 'redis') return { superuser, guard: '', replication: '' };
  return {
    superuser,
    guard: await read(databaseSecrets.guard(service)),
    replication: await read(databaseSecrets.replication(service)),
  };
}

type Judged = {
  readonly server: string;
  readonly driver: AdoptionDriver;
  readonly passwords: AdoptionPasswords;
  readonly adoption: Adoption;
};

async function judge(tools: FailoverTools, { server, driver, passwords, adoption }: Judged) {
  const { fleet, target, clock } = tools;
  const { environment, service, members } = target;
  const { container, declared } = adoption;
  const refuse = (reasons: readonly string[]) =>
    new FlotillaError('FAILOVER_ADOPT_REFUSED', { service, server, container, reasons });
  const argv = rootScript(driver.inspect, [container, paths.data(environment, service), declared.image]);
  const [{ stdout }, view, free] = await Promise.all([
    demand(fleet.server(server), {
      action: `looking at ${container}`,
      argv,
      stdin: passwords.superuser,
      timeoutMs: PULL_MS,
    }),
    observeService(fleet, target, clock),
    freeBytes(tools, members.slice(1)),
  ]);
  const found = readContainer(stdout);
  if (found === undefined) throw refuse(['there is no such container']);
  const isGuarded = view.servers.some(({ guard }) => guard?.record != null);
  const around = { ...declared, free, isGuarded };
  const { reasons, notes } = driver.judge(found, around);
  const all = [...judgeContainer(found, around), ...reasons];
  if (all.length > 0) throw refuse(all);
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

type Planned = Pick<AdoptionPlan, 'server' | 'container' | 'notes'> & {
  readonly driver: AdoptionDriver;
  readonly found: FoundContainer;
};

function planOf({ target }: FailoverTools, { server, container, driver, found, notes }: Planned): AdoptionPlan {
  const { environment, service } = target;
  const home = paths.data(environment, service);
  const folder = `${home}/${driver.folder}`;
  const undo = [
    `docker rm -f ${environment}-${service}`,
    `rm -f ${home}/adopted`,
    ...driver.back(folder, found),
    `docker update --restart=${found.restart} ${container}`,
    `docker start ${container}`,
  ];
  return { server, container, source: found.source, target: folder, sizeBytes: found.sizeBytes, notes, undo };
}

type Accounts = Judged & { readonly found: FoundContainer };

/** The passwords travel on the input, past every process list. */
async function makeAccounts(
  { fleet, target }: FailoverTools,
  { server, driver, found, passwords, adoption }: Accounts,
): Promise<void> {
  const call = driver.accounts?.(found, { passwords, databases: adoption.declared.databases });
  if (call === undefined) return;
  await demand(fleet.server(server), {
    action: `making the accounts of ${target.service}`,
    argv: ['docker', 'exec', '-i', adoption.container, ...call.argv],
    stdin: call.stdin,
    timeoutMs: ASK_MS,
  });
}
