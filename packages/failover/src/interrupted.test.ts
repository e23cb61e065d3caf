import type { RemoteCommand, RemoteResult } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';
import { expect, test } from 'vitest';

import { failover } from './failover.ts';
import { DEAD, PRIMARY_ENGINE, REPLICA_ENGINE, statusOf, viewOf } from './policy/testing.ts';
import type { ServiceView } from './policy/view.ts';
import { rejoin } from './rejoin.ts';
import type { DataTierRecord } from './report.ts';
import { switchover } from './switchover.ts';
import { orderIn, scriptedFleet } from './testing.ts';
import type { Asked } from './testing.ts';

const RECORD = { term: 2, holder: 'db2', phase: 'promoted', at: '' } as const;
const PRIMARY = statusOf('db2', { record: RECORD, verdict: { kind: 'open', term: 2 }, engine: PRIMARY_ENGINE });
const ADRIFT = statusOf('db1', {
  record: RECORD,
  verdict: { kind: 'replica', of: 'db2', term: 2 },
  engine: { ...REPLICA_ENGINE, streaming: false },
});
const NEVER_STREAMS = viewOf({ db2: { guard: PRIMARY }, db1: { guard: ADRIFT } });
const CLOSED = viewOf({
  db1: { guard: statusOf('db1', { verdict: { kind: 'closed', reason: 'term 2 is claimed' } }) },
});

type When = (asked: Asked, command: RemoteCommand, times: number) => boolean;

/** A fleet that a signal stops when `when` says so; the view is \`after\` from then on. */
function stoppedFleet(view: ServiceView, when: When, after: ServiceView = view) {
  const stop = new AbortController();
  const records: DataTierRecord[] = [];
  const asks = new Map<Asked, number>();
  const released: string[] = [];
  const scripted = scriptedFleet({
    view: () => (stop.signal.aborted ? after : view),
    answer: (asked, server, command) => {
      const times = (asks.get(asked) ?? 0) + 1;
      asks.set(asked, times);
      if (stop.signal.aborted && command.argv.join(' ').includes('then rm -rf "$lock"')) released.push(server);
      if (when(asked, command, times)) stop.abort();
      return undefined;
    },
  });
  const onRecord = (record: DataTierRecord) => void records.push(record);
  return { ...scripted, tools: { ...scripted.tools, signal: stop.signal, onRecord }, records, released };
}

async function endOf(work: Promise<unknown>): Promise<FlotillaError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FlotillaError)) throw new Error(`ended with ${String(error)}`);
  return error;
}

const isClaim: When = (asked, command) => asked === 'order' && orderIn(command) === 'claim';

test('a switchover that is stopped after its claim orders nothing more, and says how the service stands', async () => {
  const { tools, changes, records } = stoppedFleet(viewOf(), isClaim, CLOSED);
  const error = await endOf(switchover(tools, 'db2'));
  expect(error.code).toBe('FAILOVER_INTERRUPTED');
  expect(error.message).toMatch(/nobody is open, term 2 is claimed for db2 \(db1 closed, db2 replica\)/);
  expect(changes().every((each) => each.startsWith('claim'))).toBe(true);
  expect(records).toMatchObject([{ outcome: 'failed', error: { code: 'FAILOVER_INTERRUPTED' } }]);
});

test('its locks are given back all the same', async () => {
  const { tools, released } = stoppedFleet(viewOf(), isClaim);
  await endOf(switchover(tools, 'db2'));
  expect(new Set(released)).toEqual(new Set(['lb', 'app1', 'app2', 'db1', 'db2']));
});

test('a command that is stopped before its first change says that nothing was changed, and writes no record', async () => {
  const { tools, changes, records } = stoppedFleet(viewOf(), (asked) => asked === 'space');
  const error = await endOf(switchover(tools, 'db2'));
  expect(error).toMatchObject({ code: 'FAILOVER_INTERRUPTED' });
  expect(error.message).toMatch(/nothing was changed/);
  expect(changes()).toEqual([]);
  expect(records).toEqual([]);
});

test('a failover that is stopped during its fence promotes nobody', async () => {
  const unseen = { unseenPeers: ['db1'] };
  const guard = statusOf('db1', {
    verdict: { kind: 'closed', reason: '' },
    engine: { state: 'stopped', role: 'none' },
  });
  const lost = viewOf({ db1: { guard, container: 'stopped' }, lb: unseen });
  const { tools, changes } = stoppedFleet(lost, (asked) => asked === 'stop');
  expect((await endOf(failover(tools, { acceptLoss: true }))).code).toBe('FAILOVER_INTERRUPTED');
  expect(changes().some((each) => each.startsWith('promote'))).toBe(false);
});

test('a rejoin that waits for a stream ends with the signal', async () => {
  const { tools } = stoppedFleet(NEVER_STREAMS, (asked, _command, times) => asked === 'observe' && times > 60);
  const error = await endOf(rejoin(tools, 'db1'));
  expect(error.code).toBe('FAILOVER_INTERRUPTED');
  expect(error.message).toMatch(/db2 is primary, term 2/);
  expect(tools.clock.now()).toBeLessThan(60_000);
});

test('a command that waits for servers of which none answers ends with the signal', async () => {
  const stop = new AbortController();
  const { tools } = scriptedFleet({ view: () => viewOf() });
  const servers = tools.fleet.servers.map((server) => ({ ...server, run: hangUntilKilled }));
  const clock = {
    ...tools.clock,
    sleep: (durationMs: number, signal?: AbortSignal) => {
      if (tools.clock.now() > 1_000) stop.abort();
      return tools.clock.sleep(durationMs, signal);
    },
  };
  const fleet = { ...tools.fleet, servers };
  const error = await endOf(switchover({ ...tools, fleet, clock, signal: stop.signal }, 'db2'));
  expect(error).toMatchObject({ code: 'FAILOVER_INTERRUPTED' });
});

/** A server that is gone: ssh hangs until it is killed. */
function hangUntilKilled({ signal }: RemoteCommand): Promise<RemoteResult> {
  const killed = { exitCode: -1, stdout: '', stderr: '', durationMs: 0, timedOut: false, unreachable: false };
  return new Promise((resolve) => signal?.addEventListener('abort', () => resolve(killed), { once: true }));
}

test('where no guard answers any more, it says that nobody knows', async () => {
  const gone = viewOf(Object.fromEntries(['lb', 'app1', 'app2', 'db1', 'db2'].map((server) => [server, DEAD])));
  const { tools } = stoppedFleet(NEVER_STREAMS, (asked, _command, times) => asked === 'observe' && times > 60, gone);
  expect((await endOf(rejoin(tools, 'db1'))).message).toMatch(/no guard answers/);
});

test.each(['db1', 'db2'])('a rejoin does not wait for half an hour when %s is gone', async (server) => {
  let asked = 0;
  const { tools } = scriptedFleet({
    view: () =>
      asked > 60 ? viewOf({ db2: { guard: PRIMARY }, db1: { guard: ADRIFT }, [server]: DEAD }) : NEVER_STREAMS,
    answer: () => void (asked += 1),
  });
  const error = await endOf(rejoin(tools, 'db1'));
  expect(error.code).toBe('FAILOVER_REJOIN_FAILED');
  expect(error.message).toContain(`${server} has not answered`);
  expect(tools.clock.now()).toBeGreaterThan(59_000);
  expect(tools.clock.now()).toBeLessThan(180_000);
});
