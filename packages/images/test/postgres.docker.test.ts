import { gzipSync } from 'node:zlib';

import { Client } from 'pg';
import type { ClientConfig } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { openBench } from './bench.ts';
import type { Bench } from './bench.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

let bench: Bench;
let image: string;

beforeAll(async () => {
  bench = await openBench();
  image = await bench.image('postgres');
});

afterAll(async () => {
  await bench.close();
});

async function connect(container: string, options: ClientConfig): Promise<Client> {
  const { host, port } = await bench.address(container, 5432);
  const client = new Client({ host, port, connectionTimeoutMillis: 2_000, ...options });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function ended(container: string): Promise<number> {
  return Number((await bench.docker('wait', container)).stdout);
}

describe('a new cluster from variables, files and the init folder', () => {
  let container: string;
  let client: Client;

  beforeAll(async () => {
    const secrets = await bench.folder({ password: 'from a file\n' });
    const init = await bench.folder({
      '1-make.sql': 'CREATE TABLE steps (name text);',
      '2-zipped.sql.gz': gzipSync("INSERT INTO steps VALUES ('zipped');"),
      '3-run.sh': `#!/bin/sh\npsql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "INSERT INTO steps VALUES ('run')"\n`,
      '4-read.sh': `query --dbname "$POSTGRES_DB" <<<"INSERT INTO steps VALUES ('read')"\n`,
      'notes.txt': 'ignored',
    });
    container = await bench.start({
      image,
      publish: 5432,
      mounts: { [secrets]: '/run/secrets', [init]: '/docker-entrypoint-initdb.d' },
      env: {
        POSTGRES_USER: 'keeper',
        POSTGRES_DB: 'warehousedb',
        POSTGRES_PASSWORD_FILE: '/run/secrets/password',
        POSTGRES_INITDB_ARGS: "--data-checksums --locale-provider='builtin' --locale=C.UTF-8",
      },
      command: ['-c', 'max_connections=17'],
    });
    client = await bench.until('the cluster', () =>
      connect(container, { user: 'keeper', password: 'from a file', database: 'warehousedb' }),
    );
  });

  it('runs every file of the init folder in the order of the names', async () => {
    const { rows } = await client.query<{ name: string }>('SELECT name FROM steps');
    expect(rows.map((row) => row.name)).toEqual(['zipped', 'run', 'read']);
  });

  it('hands initdb its arguments and the server its flags', async () => {
    const { rows } = await client.query(
      "SELECT current_setting('data_checksums') AS checksums, current_setting('max_connections') AS connections",
    );
    expect(rows).toEqual([{ checksums: 'on', connections: '17' }]);
  });

  it('asks the network for the password', async () => {
    const wrong = connect(container, { user: 'keeper', password: 'wrong', database: 'warehousedb' });
    await expect(wrong).rejects.toMatchObject({ code: '28P01' });
  });

  it('runs as user 999 and keeps its data where the contract says', async () => {
    const status = await bench.docker('exec', container, 'cat', '/proc/1/comm', '/proc/1/status');
    expect(status.stdout).toMatch(/^postgres\n/);
    expect(status.stdout).toMatch(/^Uid:\s+999\s/m);
    expect((await bench.docker('exec', container, 'cat', '/var/lib/postgresql/data/PG_VERSION')).stdout).toBe('17\n');
  });

  it('stops fast and cleanly with a client connected, and starts again without a second initialisation', async () => {
    await client.query('CREATE TABLE kept AS SELECT 1 AS one');
    const stopped = await bench.docker('stop', '--time', '20', container);
    expect(stopped.durationMs).toBeLessThan(8_000);
    expect(await ended(container)).toBe(0);
    await bench.docker('start', container);
    const again = await bench.until('the second start', () =>
      connect(container, { user: 'keeper', password: 'from a file', database: 'warehousedb' }),
    );
    const { rows } = await again.query<{ count: number }>(
      'SELECT (SELECT count(*) FROM steps)::int + one AS count FROM kept',
    );
    await again.end();
    expect(rows).toEqual([{ count: 4 }]);
    const log = await bench.docker('logs', container);
    expect(`${log.stdout}${log.stderr}`).not.toContain('not properly shut down');
  });
});

describe('a cluster that must not be made', () => {
  it('refuses without a password', async () => {
    const container = await bench.start({ image });
    expect(await ended(container)).toBe(1);
  });

  it('refuses a variable beside its file', async () => {
    const env = { POSTGRES_PASSWORD: 'x', POSTGRES_PASSWORD_FILE: '/etc/hostname' };
    expect(await ended(await bench.start({ image, env }))).toBe(1);
  });

  it('stops at the first init file that fails', async () => {
    const init = await bench.folder({ 'bad.sql': 'SELECT broken;' });
    const container = await bench.start({
      image,
      env: { POSTGRES_PASSWORD: 'x' },
      mounts: { [init]: '/docker-entrypoint-initdb.d' },
    });
    expect(await ended(container)).toBe(3);
  });
});

it('lets everybody in with POSTGRES_HOST_AUTH_METHOD=trust, into the database of the user’s name', async () => {
  const env = { POSTGRES_HOST_AUTH_METHOD: 'trust', POSTGRES_USER: 'keeper' };
  const container = await bench.start({ image, env, publish: 5432 });
  const client = await bench.until('the cluster', () => connect(container, { user: 'keeper', database: 'keeper' }));
  const { rows } = await client.query('SELECT current_database() AS name');
  await client.end();
  expect(rows).toEqual([{ name: 'keeper' }]);
});
