import { fakeClock } from '@flotilla/exec';
import { describe, expect, it } from 'vitest';

import { runLane } from './lane.ts';
import type { OracleEvent } from './log.ts';
import type { Session, WriteAnswer } from './session.ts';

const ANSWER: WriteAnswer = { node: 'db1', timeline: 1 };
const FOREVER = new Promise<never>(() => undefined);

/** A session that answers as scripted, one answer per row. */
function scripted(answers: readonly (() => Promise<WriteAnswer>)[], broken: Promise<string> = FOREVER): Session {
  const left = [...answers];
  const unused = () => Promise.reject(new Error('a lane only writes'));
  return { write: () => left.shift()?.() ?? FOREVER, broken, destroy: () => undefined, prepare: unused, read: unused };
}

const ok = () => Promise.resolve(ANSWER);

/** Runs a lane over some openings, and gives its log up to the end of the last. */
async function runOver(...openings: readonly (() => Promise<Session>)[]): Promise<readonly OracleEvent[]> {
  const stopping = new AbortController();
  const clock = fakeClock();
  const left = [...openings];
  const events: OracleEvent[] = [];
  let seq = 0;
  const open = () => {
    const next = left.shift();
    if (next !== undefined) return next();
    stopping.abort();
    return Promise.reject(new Error('over'));
  };
  const pace = { intervalMs: 10, retryMs: 20, now: () => clock.now(), clock, signal: stopping.signal };
  const log = (event: OracleEvent) => events.push(event);
  await runLane({ lane: 'w1', run: 'r', nextSeq: () => (seq += 1), open, log, ...pace });
  return events;
}

const kinds = (events: readonly OracleEvent[]) => events.map(({ kind }) => kind);

describe('runLane', () => {
  it('acknowledges what was answered, with who answered', async () => {
    const events = await runOver(() => Promise.resolve(scripted([ok, () => Promise.reject(new Error('gone'))])));
    expect(events.slice(0, 2)).toMatchObject([{ kind: 'connected' }, { kind: 'ack', seq: 1, ...ANSWER }]);
  });

  it('does not take a commit for acknowledged whose wait for a replica was given up, and keeps the session', async () => {
    const warning = 'canceling wait for synchronous replication due to user request';
    const warned = () => Promise.resolve({ ...ANSWER, warning });
    const events = await runOver(() =>
      Promise.resolve(scripted([warned, ok, () => Promise.reject(new Error('gone'))])),
    );
    expect(events).toMatchObject([
      { kind: 'connected' },
      { kind: 'unacknowledged', seq: 1, reason: warning },
      { kind: 'ack', seq: 2 },
      { kind: 'unacknowledged', seq: 3, reason: 'gone' },
      { kind: 'disconnected', reason: 'gone' },
    ]);
  });

  it('gives up a row when its session breaks, and never sends it again', async () => {
    const events = await runOver(
      () => Promise.resolve(scripted([ok, () => FOREVER], Promise.resolve('closed'))),
      () => Promise.resolve(scripted([ok, () => Promise.reject(new Error('gone'))])),
    );
    const numbers = events.flatMap((event) => ('seq' in event ? [event.seq] : []));
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'unacknowledged', reason: 'closed' }));
    expect(kinds(events).filter((kind) => kind === 'connected')).toHaveLength(2);
  });

  it('logs an outage once, however often it tries, and pauses between', async () => {
    const refused = () => Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
    const events = await runOver(refused, refused, refused, () =>
      Promise.resolve(scripted([ok, () => Promise.reject(new Error('gone'))])),
    );
    expect(kinds(events)).toEqual(['disconnected', 'connected', 'ack', 'unacknowledged', 'disconnected']);
    expect(events[0]).toMatchObject({ reason: 'ECONNREFUSED refused' });
    expect((events[1]?.at ?? 0) - (events[0]?.at ?? 0)).toBe(60);
  });
});
