import { gzipSync } from 'node:zlib';

import { createConnection } from 'mysql2/promise';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openBench } from './bench.ts';
import type { Bench } from './bench.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 600_000 });

const PASSWORD = 'it\'s "q#uoted" \\ here';
const APP = { user: 'keeper', password: PASSWORD, database: 'ware_db' };

let bench: Bench;

beforeAll(async () => {
  bench = await openBench();
});

afterAll(async () => {
  await bench.close();
});

async function connect(container: string, options: { user: string; password: string; database?: string }) {
  const { host, port } = await bench.address(container, 3306);
  const connection = await createConnection({ host, port, connectTimeout: 2_000, ...options });
  connection.on('error', () => undefined);
  return connection;
}

async function rowsOf(connection: Connection, sql: string): Promise<RowDataPacket[]> {
  return (await connection.query<RowDataPacket[]>(sql))[0];
}

/** Which of these programs do not even tell their version. */
async function missingOf(container: string, programs: readonly string[]): Promise<readonly string[]> {
  const ran = await Promise.all(programs.map((program) => bench.docker('exec', container, program, '--version')));
  return programs.filter((_, index) => ran[index]?.exitCode !== 0);
}

async function ended(container: string): Promise<number> {
  return Number((await bench.docker('wait', container)).stdout);
}

describe.each([
  { name: 'mysql', prefix: 'MYSQL', program: 'mysqld', client: 'mysql' },
  { name: 'mariadb', prefix: 'MARIADB', program: 'mariadbd', client: 'mariadb' },
] as const)('$name', ({ name, prefix, program, client }) => {
  let image: string;
  let container: string;
  let app: Connection;

  beforeAll(async () => {
    image = await bench.image(name);
    const secrets = await bench.folder({ root: 'root of all\n', app: `${PASSWORD}\n` });
    const settings = await bench.folder({ 'own.cnf': `[${program}]\nmax_allowed_packet=3M\n` });
    const init = await bench.folder({
      '1-make.sql': 'CREATE TABLE steps (number INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(20));',
      '2-zipped.sql.gz': gzipSync("INSERT INTO steps (name) VALUES ('zipped');"),
      '3-run.sh': `#!/bin/sh\n${client} -uroot -p"$MYSQL_ROOT_PASSWORD" "$MYSQL_DATABASE" -e "INSERT INTO steps (name) VALUES ('run')"\n`,
      '4-read.sh': `docker_process_sql <<<"INSERT INTO steps (name) VALUES ('read')"\n`,
      'notes.txt': 'ignored',
    });
    container = await bench.start({
      image,
      publish: 3306,
      mounts: { [secrets]: '/run/secrets', [init]: '/docker-entrypoint-initdb.d', [settings]: '/etc/mysql/conf.d' },
      env: {
        [`${prefix}_ROOT_PASSWORD_FILE`]: '/run/secrets/root',
        [`${prefix}_DATABASE`]: APP.database,
        [`${prefix}_USER`]: APP.user,
        [`${prefix}_PASSWORD_FILE`]: '/run/secrets/app',
      },
      command: ['--max-connections=17'],
    });
    app = await bench.until('the server', () => connect(container, APP));
  });

  it('runs every file of the init folder in the order of the names', async () => {
    const rows = await rowsOf(app, 'SELECT name FROM steps ORDER BY number');
    expect(rows.map((row) => row['name'])).toEqual(['zipped', 'run', 'read']);
  });

  it('takes settings from flags and from the folder for them', async () => {
    const sql = 'SELECT @@max_connections AS connections, @@max_allowed_packet AS packet, @@socket AS socket';
    expect(await rowsOf(app, sql)).toEqual([
      { connections: 17, packet: 3 * 1024 * 1024, socket: expect.stringMatching(/run\/mysqld\/mysqld\.sock$/) },
    ]);
  });

  it('keeps the user within its database, and root behind its password', async () => {
    await expect(app.query('CREATE DATABASE warexdb')).rejects.toMatchObject({ code: 'ER_DBACCESS_DENIED_ERROR' });
    const root = await connect(container, { user: 'root', password: 'root of all' });
    const rows = await rowsOf(root, "SELECT host FROM mysql.user WHERE user = 'root' ORDER BY host");
    expect(rows.map((row) => Object.values(row)[0])).toEqual(['%', 'localhost']);
    const [zones] = await rowsOf(root, "SELECT CONVERT_TZ('2026-06-01', 'UTC', 'Europe/Berlin') IS NOT NULL AS known");
    expect(zones).toEqual({ known: 1 });
    await root.end();
    await expect(connect(container, { user: 'root', password: '' })).rejects.toMatchObject({
      code: 'ER_ACCESS_DENIED_ERROR',
    });
  });

  it('runs as user 999', async () => {
    const { stdout } = await bench.docker('exec', container, 'cat', '/proc/1/comm', '/proc/1/status');
    expect(stdout.startsWith(`${program}\n`)).toBe(true);
    expect(stdout).toMatch(/^Uid:\s+999\s/m);
  });

  it('stops cleanly with a client connected, and starts again without a second initialisation', async () => {
    await app.query('CREATE TABLE kept AS SELECT 1 AS one');
    const stopped = await bench.docker('stop', '--time', '30', container);
    expect(stopped.durationMs).toBeLessThan(10_000);
    expect(Number((await bench.docker('inspect', '-f', '{{.State.ExitCode}}', container)).stdout)).toBe(0);
    await bench.docker('start', container);
    const again = await bench.until('the second start', () => connect(container, APP));
    const rows = await rowsOf(again, 'SELECT (SELECT COUNT(*) FROM steps) + one AS count FROM kept');
    await again.end();
    expect(rows.map((row) => Number(row['count']))).toEqual([4]);
  });

  it('refuses to make data without a password', async () => {
    expect(await ended(await bench.start({ image }))).toBe(1);
  });

  it('refuses a variable beside its file', async () => {
    const env = { [`${prefix}_ROOT_PASSWORD`]: 'x', [`${prefix}_ROOT_PASSWORD_FILE`]: '/etc/hostname' };
    expect(await ended(await bench.start({ image, env }))).toBe(1);
  });

  it('stops at the first init file that fails', async () => {
    const init = await bench.folder({ 'bad.sql': 'SELECT broken;' });
    const env = {
      [`${prefix}_ALLOW_EMPTY_${prefix === 'MYSQL' ? '' : 'ROOT_'}PASSWORD`]: '1',
      [`${prefix}_INITDB_SKIP_TZINFO`]: '1',
    };
    const failing = await bench.start({ image, env, mounts: { [init]: '/docker-entrypoint-initdb.d' } });
    expect(await ended(failing)).not.toBe(0);
  });

  it('says the random password that it makes', async () => {
    const env = { MYSQL_RANDOM_ROOT_PASSWORD: 'yes', MYSQL_INITDB_SKIP_TZINFO: '1' };
    const random = await bench.start({ image, env, publish: 3306 });
    const root = await bench.until('the server', async () => {
      const { stderr } = await bench.docker('logs', random);
      const password = /the root password is (\S+)/.exec(stderr)?.[1] ?? '';
      return password !== '' && (await connect(random, { user: 'root', password }));
    });
    expect(await rowsOf(root, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await root.end();
  });
});

it('mysql carries the plugins and programs of replication, and speaks the words of 8.4', async () => {
  const image = await bench.image('mysql');
  const container = await bench.start({
    image,
    publish: 3306,
    env: { MYSQL_ROOT_PASSWORD: 'x', MYSQL_INITDB_SKIP_TZINFO: '1' },
    command: ['--server-id=7', '--gtid-mode=ON', '--enforce-gtid-consistency=ON'],
  });
  const root = await bench.until('the server', () => connect(container, { user: 'root', password: 'x' }));
  const plugins = {
    clone: 'mysql_clone.so',
    group_replication: 'group_replication.so',
    rpl_semi_sync_source: 'semisync_source.so',
    rpl_semi_sync_replica: 'semisync_replica.so',
  };
  for (const [plugin, file] of Object.entries(plugins)) await root.query(`INSTALL PLUGIN ${plugin} SONAME '${file}'`);
  const rows = await rowsOf(root, 'SHOW PLUGINS');
  const active = rows.filter((row) => row['Status'] === 'ACTIVE').map((row) => String(row['Name']));
  expect(active).toEqual(expect.arrayContaining(Object.keys(plugins)));
  expect(await rowsOf(root, 'SHOW BINARY LOG STATUS')).toHaveLength(1);
  await root.query("CHANGE REPLICATION SOURCE TO SOURCE_HOST = '192.0.2.1', SOURCE_AUTO_POSITION = 1");
  await root.end();
  expect(await missingOf(container, ['mysqlbinlog', 'mysqldump', 'mysqladmin', 'mysqlcheck', 'gosu'])).toEqual([]);
});

it('mariadb takes the older names of its variables, is healthy by its own script, and has its backup', async () => {
  const image = await bench.image('mariadb');
  const env = { MYSQL_ROOT_PASSWORD: 'x', MYSQL_DATABASE: 'old', MARIADB_INITDB_SKIP_TZINFO: '1' };
  const container = await bench.start({ image, env });
  const healthy = () => bench.docker('exec', container, 'healthcheck.sh', '--connect', '--innodb_initialized');
  await bench.until('health', async () => (await healthy()).exitCode === 0);
  const asked = await bench.docker('exec', container, 'mariadb', '-uroot', '-px', '-e', 'SHOW TABLES', 'old');
  expect(asked.exitCode).toBe(0);
  expect((await bench.docker('exec', container, 'healthcheck.sh', '--unheard-of')).exitCode).toBe(1);
  const programs = ['mariadb-backup', 'mariadb-dump', 'mariadb-binlog', 'mariadb-admin', 'gosu'];
  expect(await missingOf(container, programs)).toEqual([]);
});
