import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Assessment } from '@flotilla/failover';
import { databaseSecrets } from '@flotilla/model';
import type { DatabaseKind } from '@flotilla/model';
import { readSecrets } from '@flotilla/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { until } from './support/cut.ts';
import { codeIn } from './support/data-tier.ts';
import { openFleet } from './support/fleet.ts';
import type { TestFleet } from './support/fleet.ts';
import { inside } from './support/servers.ts';

const NAME = 'adoptiontest';
const ROWS = '1000';
/** Exit codes of the CLI, by what they mean. */
const [DONE, FAILED] = [0, 1] as const;

const SERVERS = `
servers:
  db1: { host: 192.0.2.51, cpus: 2, memory: 8GiB, disk: 60GiB, power: { qm: 151, via: 192.0.2.2 } }
  db2: { host: 192.0.2.52, cpus: 2, memory: 8GiB, disk: 60GiB, power: { qm: 152, via: 192.0.2.2 } }
  edge: { host: 192.0.2.53, cpus: 2, memory: 2GiB, disk: 20GiB }
services:
`;

/** What a team runs today as one container, what it will write of it, and how its data are looked at. */
type Engine = {
  readonly declared: string;
  /** Where the image keeps its data. */
  readonly mount: string;
  /** Arguments of `docker run` before the image, and of the image; $PASSWORD is the superuser's. */
  readonly options: string;
  readonly command: string;
  /** Script in the container: ends with 0 when the superuser gets in. */
  readonly isUp: string;
  /** Script in the old container: makes the rows, and an account of the application's own. */
  readonly fill: string;
  /** Script in an engine's container: prints how many rows the application's own account finds. */
  readonly count: string;
  /** Script in the container of an open primary: writes one row more. */
  readonly write: string;
  /** Makes it unfit and fit again, and what the refusal says. */
  readonly unfit: { readonly make: string; readonly undo: string; readonly says: RegExp };
  /** What a person is told before it. */
  readonly told: RegExp;
};

const PRIMARY = 'primary: db1, replicas: [db2], failover: manual';

const ENGINES: Readonly<Record<DatabaseKind, Engine>> = {
  postgres: {
    declared: `{ kind: postgres, image: "postgres:17.6@sha256:${'1'.repeat(64)}", ${PRIMARY}, databases: [shop], memory: 1GiB }`,
    mount: '/var/lib/postgresql/data',
    options: '-e POSTGRES_PASSWORD="$PASSWORD" -e POSTGRES_USER=boss',
    command: '',
    isUp: 'psql -h 127.0.0.1 -U boss -c "SELECT 1"',
    fill: `psql -U boss -v ON_ERROR_STOP=1 -c "CREATE DATABASE shop" -c "CREATE ROLE clerk LOGIN PASSWORD 'keep me'" -c "ALTER SYSTEM SET log_checkpoints = off" &&
      psql -U boss -d shop -v ON_ERROR_STOP=1 -c "CREATE TABLE parcel (number int PRIMARY KEY); INSERT INTO parcel SELECT generate_series(1, ${ROWS}); GRANT SELECT ON parcel TO clerk"`,
    count: `PGPASSWORD='keep me' psql -h "$(hostname -i)" -U clerk -d shop -XAtc 'SELECT count(*) FROM parcel'`,
    write: `gosu postgres psql -h /run/flotilla/guard -U postgres -d shop -XAtqc 'INSERT INTO parcel SELECT max(number) + 1 FROM parcel'`,
    unfit: {
      make: `install -d -o postgres /tmp/elsewhere && psql -U boss -c "CREATE TABLESPACE elsewhere LOCATION '/tmp/elsewhere'"`,
      undo: 'psql -U boss -c "DROP TABLESPACE elsewhere"',
      says: /tablespaces outside/,
    },
    told: /ALTER SYSTEM set log_checkpoints/,
  },
  mysql: {
    declared: `{ kind: mysql, image: "mysql:9.7.0@sha256:${'1'.repeat(64)}", ${PRIMARY}, databases: [shop], memory: 1GiB }`,
    mount: '/var/lib/mysql',
    options: '-e MYSQL_ROOT_PASSWORD="$PASSWORD" -e MYSQL_ROOT_HOST=localhost',
    command: '--max-connections=77',
    isUp: 'mysql -h 127.0.0.1 -u nobody 2>&1 | grep -Eq "ERROR (1045|1130)"',
    fill: `mysql -u root -p"$PASSWORD" -e "CREATE DATABASE shop; CREATE TABLE shop.parcel (number int PRIMARY KEY); SET cte_max_recursion_depth = 9999;
      INSERT INTO shop.parcel WITH RECURSIVE n AS (SELECT 1 AS number UNION ALL SELECT number + 1 FROM n WHERE number < ${ROWS}) SELECT number FROM n;
      CREATE USER clerk@'%' IDENTIFIED BY 'keep me'; GRANT SELECT ON shop.* TO clerk@'%'"`,
    count: `mysql -h "$(hostname -i)" -u clerk -p'keep me' -Nse 'SELECT COUNT(*) FROM shop.parcel'`,
    write: `sh /flotilla/current/guarded-mysql.sh ask 'INSERT INTO shop.parcel SELECT MAX(number) + 1 FROM shop.parcel'`,
    unfit: {
      make: `mysql -u root -p"$PASSWORD" -e 'CREATE TABLE shop.visit (at int) ENGINE = MyISAM'`,
      undo: `mysql -u root -p"$PASSWORD" -e 'DROP TABLE shop.visit'`,
      says: /shop\.visit\(MyISAM\)/,
    },
    told: /set max_connections; they stay behind/,
  },
  mariadb: {
    declared: `{ kind: mariadb, image: "mariadb:11.8.3@sha256:${'1'.repeat(64)}", port: 3316, ${PRIMARY}, databases: [shop], memory: 1GiB }`,
    mount: '/var/lib/mysql',
    options: '-e MARIADB_ROOT_PASSWORD="$PASSWORD" -e MARIADB_ROOT_HOST=localhost',
    command: '--max-connections=77',
    isUp: 'mariadb --disable-ssl -h 127.0.0.1 -u nobody 2>&1 | grep -Eq "ERROR (1045|1130)"',
    fill: `mariadb -u root -p"$PASSWORD" -e "CREATE DATABASE shop; CREATE TABLE shop.parcel (number int PRIMARY KEY); USE shop; INSERT INTO parcel SELECT seq FROM seq_1_to_${ROWS};
      CREATE USER clerk@'%' IDENTIFIED BY 'keep me'; GRANT SELECT ON shop.* TO clerk@'%'"`,
    count: `mariadb --disable-ssl-verify-server-cert -h "$(hostname -i)" -u clerk -p'keep me' -Nse 'SELECT COUNT(*) FROM shop.parcel'`,
    write: `sh /flotilla/current/guarded-mariadb.sh ask 'INSERT INTO shop.parcel SELECT MAX(number) + 1 FROM shop.parcel'`,
    unfit: {
      make: `mariadb -u root -p"$PASSWORD" -e 'CREATE TABLE shop.visit (at int) ENGINE = Aria'`,
      undo: `mariadb -u root -p"$PASSWORD" -e 'DROP TABLE shop.visit'`,
      says: /shop\.visit\(Aria\)/,
    },
    told: /set max_connections; they stay behind/,
  },
  redis: {
    declared: `{ kind: redis, image: "redis:8.0.2@sha256:${'1'.repeat(64)}", ${PRIMARY}, memory: 256MiB }`,
    mount: '/data',
    // Nothing is ever written to its disk: the hardest case.
    options: '',
    command: 'redis-server --save "" --appendonly no --requirepass "$PASSWORD" --databases 20',
    isUp: 'REDISCLI_AUTH="$PASSWORD" redis-cli PING | grep -q PONG',
    fill: `REDISCLI_AUTH="$PASSWORD" redis-cli EVAL 'for at = 1, ${ROWS} do redis.call("SET", "parcel:" .. at, at) end' 0`,
    count: 'REDISCLI_AUTH="$PASSWORD" redis-cli -s /run/flotilla/guard/redis.sock DBSIZE',
    write: 'REDISCLI_AUTH="$PASSWORD" redis-cli -s /run/flotilla/guard/redis.sock SET parcel:more 1',
    unfit: {
      make: 'REDISCLI_AUTH="$PASSWORD" redis-cli REPLICAOF 127.0.0.1 1',
      undo: 'REDISCLI_AUTH="$PASSWORD" redis-cli REPLICAOF NO ONE',
      says: /replica of another server/,
    },
    told: /has 20 databases/,
  },
};

const KINDS = ['postgres', 'mysql', 'mariadb', 'redis'] as const;

/** A client on the servers of the first one, which admits nobody by another way. */
const CLIENT = `  clients:
    kind: worker
    image: ghcr.io/example/ledger:1.0.0@sha256:${'1'.repeat(64)}
    on: [db1, db2]
    memory: 256MiB
    uses: [{ service: the-postgres, as: DB }]
    env: { DB_KIND: postgres }
`;

/** The file as it is once these databases are on it. */
const textOf = (kinds: readonly DatabaseKind[]) =>
  `${SERVERS}${kinds.map((kind) => `  the-${kind}: ${ENGINES[kind].declared}\n`).join('')}${CLIENT}`;

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await openFleet(NAME, 'lab/postgres', { text: textOf(['postgres']), isDeployed: false });
});

afterAll(() => fleet?.close());

/** Runs a script in a container on a server, with the superuser's password of the service at hand. */
async function within(
  kind: DatabaseKind,
  { server, container }: { server: string; container: string },
  script: string,
) {
  const password = await secretOf(databaseSecrets.superuser(`the-${kind}`));
  return inside(fleet, server, 'docker exec -e PASSWORD="$2" "$1" sh -c "$3"', container, password, script);
}

async function runOld(kind: DatabaseKind): Promise<void> {
  const { mount, options, command } = ENGINES[kind];
  const password = await secretOf(databaseSecrets.superuser(`the-${kind}`));
  const out = join(fleet.repository.root, 'rendered');
  await fleet.expect(DONE, 'render', NAME, '--sandbox', '--out', out);
  const rendered = await readFile(join(out, 'db1', 'services', `the-${kind}`, 'compose.yaml'), 'utf8');
  const image = /image: (\S+)/.exec(rendered)?.[1] ?? '';
  const script = `PASSWORD=$1; docker run -d --name old-${kind} --restart unless-stopped -v /srv/old-${kind}:${mount} ${options} "$2" ${command}`;
  await inside(fleet, 'db1', script, password, image);
}

async function statusOf(kind: DatabaseKind): Promise<Assessment | undefined> {
  const { stdout } = await fleet.repository.flotilla('status', NAME, '--sandbox', '--json');
  // What the command documents as its answer.
  const { services } = JSON.parse(stdout) as { readonly services: readonly Assessment[] };
  return services.find(({ service }) => service === `the-${kind}`);
}

const old = (kind: DatabaseKind) => ({ server: 'db1', container: `old-${kind}` });
const member = (kind: DatabaseKind, server: string) => ({ server, container: `${NAME}-the-${kind}` });
const adoptWords = (kind: DatabaseKind) =>
  ['adopt', NAME, `the-${kind}`, '--container', `old-${kind}`, '--yes', `the-${kind}`, '--sandbox'] as const;

async function secretOf(name: string): Promise<string> {
  const secret = (await readSecrets(fleet.sandbox.secretsFile)).get(name);
  if (secret === undefined) throw new Error(`there is no secret ${name}`);
  return secret;
}

describe.each(KINDS.map((kind, at) => [kind, KINDS.slice(0, at + 1)] as const))('a running %s', (kind, declared) => {
  const { isUp, fill, count, write, unfit, told } = ENGINES[kind];

  beforeAll(async () => {
    await fleet.repository.rewrite(textOf(declared));
    await fleet.expect(DONE, 'up', NAME);
    await runOld(kind);
    await until(`${kind} is up`, async () => {
      try {
        await within(kind, old(kind), isUp);
        return true;
      } catch {
        return false;
      }
    });
    await within(kind, old(kind), fill);
  });

  test('is refused as it is, and goes on', async () => {
    await within(kind, old(kind), unfit.make);
    const { stdout, exitCode } = await fleet.repository.flotilla(...adoptWords(kind), '--json');
    expect([exitCode, codeIn(stdout)]).toEqual([FAILED, 'FAILOVER_ADOPT_REFUSED']);
    expect(stdout).toMatch(unfit.says);
    await within(kind, old(kind), unfit.undo);
  });

  test('becomes the first primary with all its rows and accounts, and a replica follows it', async () => {
    const { stderr } = await fleet.expect(DONE, ...adoptWords(kind));
    expect(stderr).toMatch(told);
    expect(await inside(fleet, 'db1', `docker inspect -f '{{.State.Running}}' old-${kind}`)).toBe('false');
    await until(`${kind} is whole`, async () => (await statusOf(kind))?.health === 'ok');
    expect(await statusOf(kind)).toMatchObject({ primary: 'db1', members: { length: 2 } });
    expect(await within(kind, member(kind, 'db1'), count)).toBe(ROWS);
    expect(await within(kind, member(kind, 'db2'), count)).toBe(ROWS);
  });

  test('hands over like any other', async () => {
    await fleet.expect(DONE, 'switchover', NAME, `the-${kind}`, '--to', 'db2', '--sandbox', '--yes', `the-${kind}`);
    await within(kind, member(kind, 'db2'), write);
    const rows = () => within(kind, member(kind, 'db1'), count);
    await expect.poll(rows, { timeout: 30_000, interval: 500 }).toBe(String(Number(ROWS) + 1));
  });

  test('is not adopted twice', async () => {
    const { stdout, exitCode } = await fleet.repository.flotilla(...adoptWords(kind), '--json');
    expect([exitCode, codeIn(stdout)]).toEqual([FAILED, 'FAILOVER_ADOPT_REFUSED']);
    expect(stdout).toContain('it was deployed before');
  });
});

test('the clients of an adopted PostgreSQL log in as it is declared, and may what the old owner may', async () => {
  const owner = await secretOf(databaseSecrets.owner('the-postgres', 'shop'));
  const script = `PGPASSWORD='${owner}' psql -h "$(hostname -i)" -U shop -d shop -XAtq -c 'ALTER TABLE parcel ADD COLUMN label text' -c 'SELECT count(label) FROM parcel'`;
  expect(await within('postgres', member('postgres', 'db2'), script)).toBe('0');
  const become = `PGPASSWORD='${owner}' psql -h "$(hostname -i)" -U shop -d shop -XAtqc 'SET ROLE boss'`;
  await expect(within('postgres', member('postgres', 'db2'), become)).rejects.toThrow('db2');
});
