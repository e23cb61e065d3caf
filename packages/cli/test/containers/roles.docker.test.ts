import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { databaseSecrets, paths } from '@flotilla/model';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { ENVIRONMENT, SERVICE } from './environment.ts';
import { openFleet, until } from './fleet.ts';
import type { TestFleet } from './fleet.ts';
import type { TestServer } from './server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 600_000 });

const ADDED = 'billing';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await openFleet();
});

afterAll(async () => {
  await fleet?.close();
});

/** As the superuser, inside the engine's container. */
async function ask(server: TestServer, sql: string): Promise<string> {
  const script = 'docker exec -u postgres "$1" psql -XAtc "$2"';
  return (await server.shell(script, `${ENVIRONMENT}-${SERVICE}`, sql)).trim();
}

/** What a deploy does on one server for files that a reload applies. */
async function deployRoles(server: TestServer, password: string): Promise<void> {
  const { files } = fleet.render({ moreDatabases: [ADDED] }).servers.find((one) => one.server === server.name) ?? {};
  const text = files?.find(({ path }) => path === `services/${SERVICE}/roles.sh`)?.text ?? '';
  const secret = databaseSecrets.owner(SERVICE, ADDED);
  await writeFile(join(server.root, paths.secretFolder(ENVIRONMENT, SERVICE), secret), password, { mode: 0o644 });
  await writeFile(join(server.root, paths.current(ENVIRONMENT, SERVICE), 'roles.sh'), text);
  await server.shell('docker kill --signal HUP "$1"', `${ENVIRONMENT}-${SERVICE}`);
}

it('says that the roles of its files are there', async () => {
  await until('the roles', async () => (await fleet.db1.status())?.engine.provisioned);
  expect((await fleet.db2.status())?.engine.provisioned).toBeUndefined();
});

it('makes a database that was added, with an owner, and follows its password', async () => {
  const verifier = `SELECT rolpassword FROM pg_authid WHERE rolname = '${ADDED}'`;
  const owner = `SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '${ADDED}'`;
  for (const server of [fleet.db2, fleet.db1]) await deployRoles(server, 'first');
  await until('the database', async () => (await ask(fleet.db1, owner)) === ADDED);
  const first = await until('its password', () => ask(fleet.db1, verifier));
  expect(first).toMatch(/^SCRAM-SHA-256/);
  await ask(fleet.db1, `CREATE ROLE "by-hand"`);
  await deployRoles(fleet.db1, 'second');
  await until('the new password', async () => (await ask(fleet.db1, verifier)) !== first);
  expect(await ask(fleet.db1, `SELECT count(*) FROM pg_roles WHERE rolname = 'by-hand'`)).toBe('1');
});

it('writes no password into the log', async () => {
  expect(await fleet.db1.docker('logs', SERVICE)).not.toContain('PASSWORD');
});

it('says when they cannot be made, and the primary serves nevertheless', async () => {
  await deployRoles(fleet.db1, '');
  await until('the failure', async () => (await fleet.db1.status())?.engine.provisioned === false);
  expect(await fleet.query(fleet.db1, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect((await fleet.db1.status())?.engine.admits).toBe(true);
  await deployRoles(fleet.db1, 'third');
  await until('the roles', async () => (await fleet.db1.status())?.engine.provisioned);
});
