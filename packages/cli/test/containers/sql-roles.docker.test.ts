import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { pollUntil, spawnRunner, systemClock } from '@flotilla/exec';
import { engineWrappers } from '@flotilla/guard';
import { buildImages } from '@flotilla/images';
import { databaseSecrets, parseEnvironment } from '@flotilla/model';
import { renderEnvironment } from '@flotilla/renderer';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 600_000 });

const runner = spawnRunner();
const OWNED = ['ledger', 'audit_log', 'late'] as const;

/** Rendered files of one member, by the name below its release. */
function filesOf(kind: string, databases: readonly string[]): ReadonlyMap<string, string> {
  const text = `
environment: roles
servers: { db1: { host: 192.0.2.1, cpus: 1, memory: 1GiB } }
services:
  database: { kind: ${kind}, image: '${kind}:1', primary: db1, replicas: [], databases: [${databases.join(', ')}], memory: 512MiB }
`;
  const parsed = parseEnvironment({ entry: 'environment.yaml', read: () => text });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings));
  const tree = renderEnvironment(parsed.environment, { secretHashes: {}, wrappers: engineWrappers() });
  const own = (tree.servers[0]?.files ?? []).filter(({ path }) => path.startsWith('services/database/'));
  return new Map(own.map((file) => [file.path.slice('services/database/'.length), file.text]));
}

async function shell(script: string, ...args: readonly string[]) {
  return runner.run({ argv: ['sh', '-c', script, 'sh', ...args], timeoutMs: 60_000 });
}

async function until(what: string, probe: () => Promise<boolean>): Promise<void> {
  const attempt = async () => (await probe().catch(() => false)) || undefined;
  const answer = await pollUntil(attempt, { intervalMs: 200, timeoutMs: 60_000, clock: systemClock() });
  if (answer === undefined) throw new Error(`waited a minute for ${what}`);
}

// The test speaks as the guard does: by the verdict in the run folder, and over the socket.
describe.each([
  {
    kind: 'mysql',
    position: '@@GLOBAL.gtid_executed',
    open: 'SET GLOBAL super_read_only = OFF; SET GLOBAL read_only = OFF; SET GLOBAL offline_mode = OFF',
    close: 'SET GLOBAL offline_mode = ON; SET GLOBAL super_read_only = ON',
  },
  {
    kind: 'mariadb',
    position: '@@GLOBAL.gtid_binlog_state',
    open: "SET GLOBAL read_only = OFF; SET GLOBAL init_connect = ''",
    close: "SET GLOBAL init_connect = 'closed by flotilla'; SET GLOBAL read_only = ON",
  },
] as const)('databases of a $kind', ({ kind, position, open, close }) => {
  let root: string;
  let name: string;
  const wrapper = `/flotilla/current/guarded-${kind}.sh`;
  const place = (path: string) => join(root, path);
  const facts = () => readFile(place('run/facts'), 'utf8');
  const ask = async (sql: string) =>
    (await shell('docker exec "$1" sh "$2" ask "$3"', name, wrapper, sql)).stdout.trim();
  const where = () => ask(`SELECT ${position}`);
  const release = async (databases: readonly string[]) => {
    for (const [path, text] of filesOf(kind, databases)) await writeFile(place(`conf/${path}`), text, { mode: 0o755 });
  };
  const reload = async () => {
    expect((await shell('docker exec "$1" sh "$2" reload', name, wrapper)).exitCode).toBe(0);
    // What was made before is said again once the new run has ended.
    await until('the databases', async () => (await facts()).includes('roles=made'));
  };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'flotilla-roles-'));
    name = basename(root);
    for (const folder of ['conf/init', 'run', 'data', 'secrets']) await mkdir(place(folder), { recursive: true });
    await chmod(root, 0o755);
    const { guard, replication, superuser, owner } = databaseSecrets;
    const all = [guard, replication, superuser].map((named) => named('database'));
    for (const secret of [...all, ...OWNED.map((database) => owner('database', database))])
      await writeFile(place(`secrets/${secret}`), `it's "${secret}" \\ here`);
    await release(['ledger']);
    await writeFile(place('data/init-allowed'), '');
    await writeFile(place('run/verdict'), 'private\n');
    const [image] = await buildImages({ runner, names: [kind], cacheDir: place('images') });
    const prefix = kind.toUpperCase();
    const run = `docker run -d --name "$1" --label flotilla.test=1 -e FLOTILLA_SERVER=db1 -e FLOTILLA_SERVICE=database \
      -e ${prefix}_ROOT_HOST=localhost -e ${prefix}_ROOT_PASSWORD_FILE=/secrets/database-superuser \
      -v "$2/conf:/flotilla/current:ro" -v "$2/conf/init:/docker-entrypoint-initdb.d:ro" -v "$2/data:/var/lib/mysql" \
      -v "$2/run:/run/flotilla/guard" -v "$2/secrets:/secrets:ro" --entrypoint /bin/sh "$3" "$4"`;
    const started = await shell(run, name, root, image?.tag ?? '', wrapper);
    if (started.exitCode !== 0) throw new Error(started.stderr);
    await until('the engine', async () => (await facts()).includes('state=running') && (await ask('SELECT 1')) === '1');
  });

  afterAll(async () => {
    await shell('docker exec "$1" sh -c "rm -rf /var/lib/mysql/* /run/flotilla/guard/*"; docker rm -fv "$1"', name);
    await rm(root, { recursive: true, force: true });
  });

  it('are waited for until the engine is open, and found as they were made with the data', async () => {
    const before = await where();
    const start = /start_id=(.*)/.exec(await facts())?.[1] ?? '';
    await writeFile(place('run/verdict'), `open 1 ${start}\n`);
    await until('a look', async () => (await facts()).includes('roles=missing'));
    await ask(open);
    await until('the databases', async () => (await facts()).includes('roles=made'));
    expect(await where()).toBe(before);
  });

  it('are made when they were added, once, and the password of an owner is followed', async () => {
    const before = await where();
    await release(['ledger', 'audit_log']);
    await shell('docker exec "$1" sh "$2" reload', name, wrapper);
    await until('the grant', async () => (await ask('SHOW GRANTS FOR audit_log')).includes('audit\\\\_log'));
    const made = await where();
    expect(made).not.toBe(before);
    await reload();
    expect(await where()).toBe(made);
    await writeFile(place(`secrets/${databaseSecrets.owner('database', 'audit_log')}`), 'another');
    await shell('docker exec "$1" sh "$2" reload', name, wrapper);
    const client = `docker exec "$1" ${kind} --no-defaults --socket=/run/flotilla/guard/mysqld.sock --user=audit_log --password=another -e`;
    await until('the password', async () => (await shell(`${client} 'SELECT 1'`, name)).exitCode === 0);
    expect((await shell(`${client} 'CREATE TABLE audit_log.kept (i INT)'`, name)).exitCode).toBe(0);
    expect((await shell(`${client} 'CREATE TABLE ledger.kept (i INT)'`, name)).exitCode).not.toBe(0);
  });

  it('leave no transaction on an engine that closes while they are made, and no password in the log', async () => {
    const text = filesOf(kind, OWNED).get('roles.sh') ?? '';
    await writeFile(place('conf/slow.sh'), text.replace(/^printf.*"\$maker"$/m, 'touch /tmp/found; sleep 4\n$&'));
    const script = 'docker exec "$1" sh /flotilla/current/slow.sh /run/flotilla/guard/mysqld.sock';
    const before = await where();
    const making = shell(script, name);
    await until('the finding', async () => (await shell('docker exec "$1" test -e /tmp/found', name)).exitCode === 0);
    await ask(close);
    const { exitCode, stderr } = await making;
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR 1(290|184) /);
    expect(await where()).toBe(before);
    expect((await shell(script, name)).exitCode).toBe(75);
    expect((await shell('docker logs "$1" 2>&1', name)).stdout).not.toContain('IDENTIFIED');
  });
});
