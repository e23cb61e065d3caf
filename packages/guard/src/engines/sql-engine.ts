import { join } from 'node:path';

import { databaseSecrets } from '@flotilla/model';
import type { EngineFacts, GuardedService, GuardVerdict, SynchronousMode } from '@flotilla/model';

import { readIfPresent, writeAtomically } from '../store/atomic-file.ts';
import type { Engine, Upstream } from './engine.ts';
import type { EnginePlace } from './place.ts';
import { oneAtATime, openSession } from './sql-session.ts';
import type { SqlSession } from './sql-session.ts';
import { parseWrapperFacts, withProvisioned } from './wrapper-facts.ts';

/** Account that members stream with. */
export const REPLICATION_USER = 'flotilla_replication';

/** What a replica follows, and how it says who it is. */
export type Following = {
  /** Absent: a standby without an upstream. */
  readonly upstream: Upstream | undefined;
  readonly password: string;
  readonly synchronous: SynchronousMode | undefined;
};

/** How one kind of server is asked and moved. Each order is safe to repeat, and costs nothing where it is carried out already. */
export type SqlDialect<State> = {
  /** Reads the state of the engine. Throws when it does not answer. */
  readState(session: SqlSession): Promise<State>;
  factsOf(state: State, session: SqlSession, synchronous: SynchronousMode | undefined): Promise<EngineFacts>;
  /** Gives the start of the engine that answered. */
  startOf(state: State): string;
  /** True when it follows nobody and takes writes. */
  isWritable(state: State): boolean;
  /**
   * Closes the engine to its clients at once, then to every write; a replica stops following. False when it does not become read-only
   * within a second or two: nobody is connected then, but its position is not settled.
   */
  close(session: SqlSession, state: State): Promise<boolean>;
  /** Opens an engine that follows nobody to clients and writes. */
  open(session: SqlSession, state: State, synchronous: SynchronousMode | undefined): Promise<void>;
  /** Has an engine that takes no writes follow, and serve reads. */
  follow(session: SqlSession, state: State, following: Following): Promise<void>;
  /** Turns a replica into an engine that follows nobody, once everything it received is applied. It stays closed to writes. */
  promote(session: SqlSession): ReturnType<Engine['promote']>;
};

type Context<State> = {
  readonly service: GuardedService;
  readonly place: EnginePlace;
  readonly dialect: SqlDialect<State>;
  /** For questions, so that an order which takes long delays no answer. */
  readonly asking: SqlSession;
  readonly acting: SqlSession;
};

/** A statement of the guard waits for a lock no longer than this; the servers count in whole seconds. */
const GREETING = 'SET SESSION lock_wait_timeout = 1';

/** Gives a server of the MySQL family under the guard: asked and told over its local socket, and never stopped for a change of role. */
export function openSqlEngine<State>(service: GuardedService, place: EnginePlace, dialect: SqlDialect<State>): Engine {
  const at = {
    socket: join(place.runFolder, 'mysqld.sock'),
    passwordFile: join(place.secrets, databaseSecrets.guard(service.service)),
    greeting: GREETING,
  };
  const context: Context<State> = { service, place, dialect, asking: openSession(at), acting: openSession(at) };
  const inTurn = oneAtATime();
  let running: EngineFacts | undefined;
  return {
    observe: async () => {
      const facts = await observe(context);
      if (facts.state === 'running') running = facts;
      return facts.state === 'stopped' ? whileStopped(running) : facts;
    },
    promote: () => inTurn(() => promoteOrSayWhy(context)),
    obey: (verdict, upstream) => inTurn(() => obey(context, verdict, upstream).catch(() => undefined)),
    close: () => {
      context.asking.close();
      context.acting.close();
      return Promise.resolve();
    },
  };
}

async function observe<State>({ service, place, dialect, asking }: Context<State>): Promise<EngineFacts> {
  const written = writtenFacts(place);
  if (written.state !== 'running') return written;
  try {
    const facts = await dialect.factsOf(await dialect.readState(asking), asking, service.synchronous);
    return withProvisioned(facts, written);
  } catch {
    return { ...written, state: 'unknown' };
  }
}

function writtenFacts(place: EnginePlace): EngineFacts {
  return parseWrapperFacts(readIfPresent(join(place.runFolder, 'facts')), undefined);
}

/** Only a start tells where the data of a former primary stand; a replica stays what it was. */
function whileStopped(before: EngineFacts | undefined): EngineFacts {
  if (before?.role !== 'replica') return { state: 'unknown', role: 'none' };
  return { ...before, state: 'stopped', streaming: false };
}

async function obey<State>(
  context: Context<State>,
  verdict: GuardVerdict,
  upstream: Upstream | undefined,
): Promise<void> {
  const { service, place, dialect, acting } = context;
  const { synchronous } = service;
  if (verdict.kind === 'yielded' || writtenFacts(place).state !== 'running') return;
  const state = await dialect.readState(acting);
  switch (verdict.kind) {
    case 'closed':
    case 'private':
      return closeOrEnd(context, state);
    case 'open':
      if (dialect.startOf(state) === openedStart(place)) await dialect.open(acting, state, synchronous);
      return;
    case 'replica':
      if (dialect.isWritable(state)) return closeOrEnd(context, state);
      return dialect.follow(acting, state, { upstream, password: replicationPassword(context), synchronous });
    default:
      throw new Error(`unreachable: ${String(verdict satisfies never)}`);
  }
}

/** The wrapper ends what cannot be closed; its log then tells where its data stand. */
async function closeOrEnd<State>({ place, dialect, acting }: Context<State>, state: State): Promise<void> {
  if (await dialect.close(acting, state)) return;
  writeAtomically(join(place.runFolder, 'kill'), `${dialect.startOf(state)}\n`);
}

/** The start that the guard compared before it said `open <term> <start>`: one that came back by itself is not it. */
function openedStart(place: EnginePlace): string | undefined {
  const [kind, , start] = (readIfPresent(join(place.runFolder, 'verdict')) ?? '').trim().split(' ');
  return kind === 'open' ? start : undefined;
}

function replicationPassword<State>({ service, place }: Context<State>): string {
  return (readIfPresent(join(place.secrets, databaseSecrets.replication(service.service))) ?? '').trim();
}

async function promoteOrSayWhy<State>({ dialect, acting }: Context<State>): ReturnType<Engine['promote']> {
  try {
    return await dialect.promote(acting);
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The wrapper names the file of the process after the start of the engine. */
export function startOfPidFile(pidFile: string): string {
  return /([^/]+)\.pid$/.exec(pidFile)?.[1] ?? '';
}

/** Gives `true` when the statement succeeds: what it changes may be held up by a commit, for as long as `lock_wait_timeout`. */
export async function succeeds(session: SqlSession, sql: string): Promise<boolean> {
  try {
    await session.query(sql, { timeoutMs: 2_000 });
    return true;
  } catch {
    return false;
  }
}

/** An opening that was sent and not answered in this time must not be carried out by a server that was frozen in between. */
const OPENING_MS = 1_000;

/**
 * Gives a condition of SQL that is true once an opening that begins now has come too late; by the clock of the server, which is this
 * machine's own.
 */
export function isTooLate(): string {
  return `UNIX_TIMESTAMP(SYSDATE(6)) > ${((Date.now() + OPENING_MS) / 1_000).toFixed(3)}`;
}
