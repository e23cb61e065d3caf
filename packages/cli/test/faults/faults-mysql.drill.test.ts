import { expect, test } from 'vitest';

import { failOver, failoverWords, healthyRoles, switchoverWords } from '../e2e/support/data-tier.ts';
import { openBench, timed } from './support/bench.ts';
import { bootEngine, expectRefused, inEngine, memberIn, strike, untilStatus } from './support/look.ts';
import { replacedMachine } from './support/replaced-machine.ts';

const ROWS = 500;

const bench = openBench({
  environment: 'faultsmysql',
  template: 'lab/mysql',
  data: { service: 'database', kind: 'mysql', database: 'ledger', client: 'edge', oldClient: 'edge' },
  edits: [['# synchronous: preferred', 'synchronous: preferred']],
});
const { fleet, note } = bench;

const engineAt = (server: string) => `${fleet().data.service}@${server}`;

/** Runs a statement as root on one member's own socket, and gives its rows. */
function sql(server: string, statement: string): Promise<string> {
  return inEngine(fleet(), server, 'root', 'sh /flotilla/current/guarded-mysql.sh ask "$1"', statement);
}

async function fill(server: string, from: number): Promise<void> {
  await sql(server, 'CREATE TABLE IF NOT EXISTS ledger.parcel (number INT PRIMARY KEY)');
  const rows = Array.from({ length: ROWS }, (_, at) => `(${from + at})`).join(',');
  await sql(server, `INSERT INTO ledger.parcel VALUES ${rows}`);
}

const count = (server: string) => sql(server, 'SELECT COUNT(*) FROM ledger.parcel');

test('row 26: a replica with writes of its own is no target, and comes back as a copy', async () => {
  const { primary, replica } = await healthyRoles(fleet());
  await sql(replica, 'SET GLOBAL super_read_only = 0; CREATE DATABASE of_its_own; SET GLOBAL super_read_only = 1');
  const seen = await untilStatus(fleet(), 'errant', (status) => memberIn(status, replica).engine?.errant !== undefined);
  note('26 errant', 'set', memberIn(seen, replica).engine?.errant ?? '');
  await expectRefused(fleet(), 'FAILOVER_TARGET_ERRANT', switchoverWords(fleet(), replica));
  await strike(fleet(), 'kill9', engineAt(primary), 'no-restart');
  await untilStatus(fleet(), 'down', ({ health }) => health === 'down');
  await expectRefused(fleet(), 'FAILOVER_TARGET_ERRANT', failoverWords(fleet()));
  await strike(fleet(), 'stop', engineAt(replica));
  await strike(fleet(), 'wipe', engineAt(replica));
  await bootEngine(fleet(), primary);
  await bootEngine(fleet(), replica);
  expect(await healthyRoles(fleet())).toEqual({ primary, replica });
  expect(await sql(replica, "SHOW DATABASES LIKE 'of_its_own'")).toBe('');
});

test('row 27: what a replica has received and not applied is there before it opens', async () => {
  const { primary, replica } = await healthyRoles(fleet());
  await fill(primary, 0);
  await sql(replica, 'STOP REPLICA SQL_THREAD');
  await fill(primary, ROWS);
  await untilReceived(primary, replica);
  await strike(fleet(), 'kill9', engineAt(primary), 'no-restart');
  const { took } = await timed(() => failOver(fleet()));
  note('27 unapplied', 'failover with 500 rows to apply', took);
  expect(await count(replica)).toBe(String(2 * ROWS));
  await bootEngine(fleet(), primary);
  expect(await healthyRoles(fleet())).toEqual({ primary: replica, replica: primary });
});

test('row 28: a primary that lost its standby says so, and its death is a failover that loses what only it had', async () => {
  const { primary, replica } = await healthyRoles(fleet());
  await fill(primary, 2 * ROWS);
  await untilReceived(primary, replica);
  const shared = await count(primary);
  await strike(fleet(), 'cut', primary, replica);
  const filling = fill(primary, 3 * ROWS);
  await untilStatus(
    fleet(),
    'degraded',
    (status) => memberIn(status, primary).engine?.synchronous?.state === 'degraded',
  );
  await filling;
  await strike(fleet(), 'kill9', engineAt(primary), 'no-restart');
  await strike(fleet(), 'mend', replica);
  await untilStatus(fleet(), 'down', ({ health }) => health === 'down');
  const unaccepted = failoverWords(fleet()).filter((word) => word !== '--accept-loss');
  await expectRefused(fleet(), 'FAILOVER_LOSS_NOT_ACCEPTED', unaccepted);
  const { loss } = await failOver(fleet());
  expect(loss).toBeDefined();
  const survived = await count(replica);
  expect(survived).toBe(shared);
  note('28 degraded', 'rows of 500 that were lost', String(Number(shared) + ROWS - Number(survived)));
  await bootEngine(fleet(), primary);
  expect(await healthyRoles(fleet())).toEqual({ primary: replica, replica: primary });
});

/** Waits until the replica has received everything that the primary has executed. */
async function untilReceived(primary: string, replica: string): Promise<void> {
  const wanted = await sql(primary, 'SELECT @@GLOBAL.gtid_executed');
  const received = 'SELECT received_transaction_set FROM performance_schema.replication_connection_status';
  await expect
    .poll(
      async () => sql(replica, `SELECT GTID_SUBTRACT('${wanted}', CONCAT(@@GLOBAL.gtid_executed, ',', (${received})))`),
      {
        timeout: 30_000,
        interval: 500,
      },
    )
    .toBe('');
}

replacedMachine(bench);
