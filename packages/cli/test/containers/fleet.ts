import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { pollUntil, spawnRunner, systemClock } from '@flotilla/exec';
import { buildImages } from '@flotilla/images';
import type { ImageName } from '@flotilla/images';
import { paths } from '@flotilla/model';
import type { Tree } from '@flotilla/model';
import { Client } from 'pg';
import type { QueryResultRow } from 'pg';
import { getContainerRuntimeClient, Network } from 'testcontainers';

import type { FailoverTools } from '@flotilla/failover';
import {
  DATABASE,
  ENVIRONMENT,
  installServer,
  makePasswords,
  MEMBERS,
  ownerPassword,
  renderFleet,
  SERVER_NAMES,
  SERVICE,
} from './environment.ts';
import type { ServerName, Shape } from './environment.ts';
import { startServer, startUnitBeside } from './server.ts';
import type { Run, TestServer } from './server.ts';

/** Three servers with guards and a database that db1 leads in term 1 and db2 follows. */
export type TestFleet = Readonly<Record<ServerName, TestServer>> & {
  /** What the commands of this package work with. */
  readonly tools: FailoverTools;
  /** Runs one statement as the owner of the database, over TCP, in a connection of its own. */
  query<Row extends QueryResultRow>(server: TestServer, sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Password of the role that the application uses. */
  readonly password: string;
  /** Runs a derived unit of a server beside it on the network, under the names that its Compose file gives it; its address. */
  startBeside(server: TestServer, unit: string, image: ImageName): Promise<string>;
  /** Renders the same servers with a database of another shape. */
  render(shape: Shape): Tree;
  /** Removes every container of this run, its network and its files. */
  close(): Promise<void>;
};

const runner = spawnRunner();
const clock = systemClock();

/** Asks until the answer is neither `undefined` nor `false`; a failed question is asked again. Throws what it waited for after a minute. */
export async function until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  let failure: unknown;
  const attempt = async () => {
    try {
      return (await probe()) || undefined;
    } catch (error) {
      failure = error;
      return undefined;
    }
  };
  const answer = await pollUntil(attempt, { intervalMs: 100, timeoutMs: 60_000, clock });
  if (answer === undefined) throw new Error(`waited a minute for ${what}`, { cause: failure });
  return answer;
}

/** Tells whether `probe` stays false for so long. */
export async function staysFalse(probe: () => Promise<boolean>, durationMs: number): Promise<boolean> {
  const attempt = async () => (await probe()) || undefined;
  return (await pollUntil(attempt, { intervalMs: 100, timeoutMs: durationMs, clock })) === undefined;
}

/** Starts the fleet, names db1 the first primary as a deploy does, and waits until the others stream. Leaves nothing behind when it fails. */
export async function openFleet(shape: Shape = {}): Promise<TestFleet> {
  // Its reaper is an image that only a registry has; `close` removes by label instead.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  const folder = await mkdtemp(join(tmpdir(), 'flotilla-failover-'));
  await chmod(folder, 0o755);
  const id = `failover-test-${process.pid}-${Math.floor(performance.now())}`;
  const cleanUp: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const close = async () => {
    const failures: unknown[] = [];
    for (const step of cleanUp.toReversed()) await step().catch((error: unknown) => failures.push(error));
    if (failures.length > 0) throw new AggregateError(failures, `cleaning up after ${id}`);
  };
  try {
    const network = await new Network().start();
    cleanUp.push(() => network.stop());
    cleanUp.push(() => removeContainers(id));
    const labels = { 'flotilla.test': '1', 'flotilla.test-run': id };
    const run: Run = { id, labels, network, images: await buildAll(folder), folder };
    const [db1, db2, witness] = await Promise.all(SERVER_NAMES.map((name) => startServer(run, name)));
    if (!db1 || !db2 || !witness) throw new Error('a server is missing');
    const servers = { db1, db2, witness };
    cleanUp.push(() => Promise.all(Object.values(servers).map(emptyFolders)));
    const hosts = { db1: db1.host, db2: db2.host, witness: witness.host };
    const clients = await subnetOf(network.getId());
    const render = (other: Shape) => renderFleet({ hosts, clients, shape: other });
    const tree = render(shape);
    const passwords = makePasswords(tree);
    const members = shape.members ?? MEMBERS;
    await bringUp(servers, tree, { passwords, members });
    const password = ownerPassword(passwords);
    const query = queryAs(password);
    const startBeside: TestFleet['startBeside'] = async (server, unit, image) => {
      const [built] = await buildImages({ runner, names: [image], cacheDir: join(folder, 'images') });
      const own = tree.servers.find((one) => one.server === server.name);
      if (built === undefined || own === undefined) throw new Error(`no ${unit} on ${server.name}`);
      return startUnitBeside(run, server, { tree: own, unit, image: built.tag });
    };
    return { ...servers, tools: toolsFor(servers, members), password, query, startBeside, render, close };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

async function buildAll(folder: string): Promise<Run['images']> {
  const names = ['server', 'postgres', 'guard'] as const;
  const built = await buildImages({ runner, names, cacheDir: join(folder, 'images') });
  const tag = (name: string) => built.find((image) => image.name === name)?.tag ?? '';
  return { server: tag('server'), postgres: tag('postgres'), guard: tag('guard') };
}

type Servers = Readonly<Record<ServerName, TestServer>>;

type Start = { readonly passwords: ReadonlyMap<string, string>; readonly members: readonly ServerName[] };

async function bringUp(servers: Servers, tree: Tree, { passwords, members }: Start): Promise<void> {
  const all = SERVER_NAMES.map((name) => {
    const found = tree.servers.find(({ server }) => server === name);
    if (!found) throw new Error(`nothing is rendered for ${name}`);
    return { server: servers[name], tree: found };
  });
  for (const { server, tree } of all) await installServer({ tree, root: server.root, passwords });
  await Promise.all(all.map(({ server, tree }) => server.deploy(tree, 'guard')));
  await until('the guards', async () => (await Promise.all(all.map(({ server }) => server.status()))).every(Boolean));
  await servers.db1.shell('touch "$1/init-allowed"', paths.data(ENVIRONMENT, SERVICE));
  const begun = await Promise.all(all.map(({ server }) => server.order('bootstrap', { holder: 'db1' })));
  if (begun.some(({ status }) => status !== 200)) throw new Error(JSON.stringify(begun));
  const holders = all.filter(({ server }) => members.includes(server.name));
  await Promise.all(holders.map(({ server, tree }) => server.deploy(tree, SERVICE)));
  for (const name of members.slice(1)) {
    await until(`the replica on ${name}`, async () => (await servers[name].status())?.engine.streaming);
  }
}

function toolsFor(servers: Servers, members: readonly ServerName[]): FailoverTools {
  const fleet = {
    environment: ENVIRONMENT,
    servers: SERVER_NAMES.map((name) => servers[name]),
    server: (name: string) => {
      const found = Object.values(servers).find((server) => server.name === name);
      if (!found) throw new Error(`no server ${name}`);
      return found;
    },
  };
  const target = { environment: ENVIRONMENT, service: SERVICE, kind: 'postgres', control: 'guard', members } as const;
  return { fleet, target, runner, clock, power: {}, holder: 'test', onEvent: () => undefined };
}

function queryAs(password: string): TestFleet['query'] {
  return async <Row extends QueryResultRow>({ host }: TestServer, sql: string, values: readonly unknown[] = []) => {
    const client = new Client({ host, user: DATABASE, database: DATABASE, password, connectionTimeoutMillis: 2_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(sql, [...values])).rows;
    } finally {
      await client.end();
    }
  };
}

/** What the engine wrote belongs to its own user; only a container's root may always remove it. */
async function emptyFolders(server: TestServer): Promise<void> {
  const kill = `docker kill ${ENVIRONMENT}-${SERVICE} ${ENVIRONMENT}-guard >/dev/null 2>&1`;
  await server.shell(`${kill}; rm -rf /var/lib/flotilla/* /run/flotilla/*`);
}

async function subnetOf(networkId: string): Promise<string> {
  const client = await getContainerRuntimeClient();
  const details = await client.network.getById(networkId).inspect();
  // The engine's answer is not typed.
  const { IPAM } = details as { readonly IPAM: { readonly Config: readonly { readonly Subnet?: string }[] } };
  const subnet = IPAM.Config[0]?.Subnet;
  if (subnet === undefined) throw new Error('the network has no subnet');
  return subnet;
}

async function removeContainers(id: string): Promise<void> {
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const filters = { label: ['flotilla.test=1', `flotilla.test-run=${id}`] };
  const found = await dockerode.listContainers({ all: true, filters });
  await Promise.all(found.map(({ Id }) => dockerode.getContainer(Id).remove({ force: true, v: true })));
}
