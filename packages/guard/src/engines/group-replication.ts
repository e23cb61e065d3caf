import { join } from 'node:path';

import { databaseSecrets } from '@flotilla/model';
import type { EngineFacts, GuardedService } from '@flotilla/model';

import { decideGroupStep } from '../policy/group-step.ts';
import type { GroupStep } from '../policy/group-step.ts';
import { readIfPresent, writeAtomically } from '../store/atomic-file.ts';
import type { Engine, Upstream } from './engine.ts';
import { factsOfMember, isAtRest, maySettle, readGroupState } from './group-state.ts';
import type { GroupState } from './group-state.ts';
import { startOfPidFile } from './sql-engine.ts';
import type { EnginePlace } from './place.ts';
import { openSession } from './sql-session.ts';
import type { SqlSession } from './sql-session.ts';
import { parseWrapperFacts, withProvisioned } from './wrapper-facts.ts';

const GREETING = 'SET SESSION lock_wait_timeout = 1';
const REPLICATION_USER = 'flotilla_replication';
/** To find the group, or to leave it, takes as long as its slowest member. */
const MOVE_TIMEOUT_MS = 90_000;
/** An engine that was silent for so long may have been frozen; it learns within the second of these whether it was expelled. */
const SILENT_MS = 2_000;
const DISTRUST_MS = 5_000;
/** A refusal for want of space is not repeated at once. */
const SET_ASIDE_INTERVAL_MS = 60_000;

/** Gives the MySQL of one server in a group that elects its primary itself: the guard has it begin, join and come back, and closes it outside. */
export function openGroupMember(service: GuardedService, place: EnginePlace): Engine {
  const member = new GroupMember(service, place);
  return {
    observe: () => member.observe(),
    promote: () => Promise.resolve({ kind: 'failed', reason: 'the group decides who is primary' }),
    obey: (_verdict, upstream) => member.settle(upstream).catch(() => undefined),
    tend: (_facts, _members, peers) => member.tend(peers).catch(() => undefined),
    close: () => Promise.resolve(member.close()),
  };
}

class GroupMember {
  readonly #service: GuardedService;
  readonly #place: EnginePlace;
  /** For questions, for what is done at once, and for what takes long. */
  readonly #asking: SqlSession;
  readonly #acting: SqlSession;
  readonly #moving: SqlSession;
  #answer: { readonly atMs: number; readonly startId: string } | undefined;
  #distrustedUntilMs = Number.NEGATIVE_INFINITY;
  #order: string | undefined;
  #step: GroupStep = 'wait';
  /** Start of the engine whose wish to join was refused. */
  #refusedStart: string | undefined;
  #setAsideMs = Number.NEGATIVE_INFINITY;

  constructor(service: GuardedService, place: EnginePlace) {
    this.#service = service;
    this.#place = place;
    const at = {
      socket: join(place.runFolder, 'mysqld.sock'),
      passwordFile: join(place.secrets, databaseSecrets.guard(service.service)),
      greeting: GREETING,
    };
    this.#asking = openSession(at);
    this.#acting = openSession(at);
    this.#moving = openSession(at);
  }

  async observe(): Promise<EngineFacts> {
    const written = this.#written();
    if (written.state !== 'running') return written;
    try {
      const state = await readGroupState(this.#asking);
      const facts = factsOfMember(state, {
        size: this.#service.members.length,
        isTrusted: this.#isTrusted(startOfPidFile(state.pidFile)),
      });
      return withProvisioned(facts, written);
    } catch {
      return { ...written, state: 'unknown' };
    }
  }

  /** Says how empty data are made and where databases are, and keeps clients out unless the member stands in a majority. */
  async settle(upstream: Upstream | undefined): Promise<void> {
    const written = this.#written();
    const state = written.state === 'running' ? await readGroupState(this.#acting).catch(() => undefined) : undefined;
    if (state === undefined) return this.#say(orderOf(written, upstream));
    const wanted = maySettle(state, this.#service.members.length) ? 0 : 1;
    if (state.offline !== wanted) await this.#acting.query(`SET GLOBAL offline_mode = ${wanted}`);
    const isOpen = wanted === 0 && state.memberRole === 'PRIMARY' && state.superReadOnly === 0;
    this.#say(isOpen ? `open - ${startOfPidFile(state.pidFile)}` : 'closed');
    const isGroup = state.online * 2 > this.#service.members.length;
    if (state.alone > 0 && isGroup && state.superReadOnly === 0) await this.#endSolitude();
  }

  /** Brings a member that is in no group back. Must be asked twice with the same outcome before it makes a group. */
  async tend(peers: Readonly<Record<string, EngineFacts>>): Promise<void> {
    const seenMs = performance.now();
    const state = await readGroupState(this.#moving);
    const before = this.#step;
    this.#step = isAtRest(state) ? this.#decide(state, peers) : 'wait';
    switch (this.#step) {
      case 'wait':
        return;
      case 'join':
        return this.#join(state);
      case 'begin':
        return before === 'begin' ? this.#begin(state, seenMs) : undefined;
      case 'set-aside':
        return this.#setAside();
      default:
        throw new Error(`unreachable: ${String(this.#step satisfies never)}`);
    }
  }

  close(): void {
    for (const session of [this.#asking, this.#acting, this.#moving]) session.close();
  }

  #decide(state: GroupState, peers: Readonly<Record<string, EngineFacts>>): GroupStep {
    const { position } = factsOfMember(state, { size: this.#service.members.length, isTrusted: true });
    if (position === undefined) return 'wait';
    return decideGroupStep({
      self: this.#place.ownServer,
      members: this.#service.members,
      own: position,
      mayBeAlone: state.alone > 0,
      wasRefused: this.#refusedStart === startOfPidFile(state.pidFile),
      peers,
    });
  }

  /** Given here, the password is kept in memory alone. */
  async #join(state: GroupState): Promise<void> {
    this.#refusedStart = undefined;
    try {
      if (state.memberState === 'ERROR') await this.#move('STOP GROUP_REPLICATION');
      const password = readIfPresent(join(this.#place.secrets, databaseSecrets.replication(this.#service.service)));
      await this.#move('START GROUP_REPLICATION USER = ?, PASSWORD = ?', [REPLICATION_USER, (password ?? '').trim()]);
    } catch {
      this.#refusedStart = startOfPidFile(state.pidFile);
    }
  }

  /** What was seen longer ago, by a guard that was frozen since, makes no group. */
  async #begin(state: GroupState, seenMs: number): Promise<void> {
    await this.#move('SET GLOBAL group_replication_bootstrap_group = ON');
    try {
      if (performance.now() - seenMs < SILENT_MS) await this.#join(state);
    } finally {
      await this.#move('SET GLOBAL group_replication_bootstrap_group = OFF');
    }
  }

  /** The wrapper keeps the data under the number in this file, and copies those of the primary. */
  #setAside(): void {
    if (performance.now() - this.#setAsideMs < SET_ASIDE_INTERVAL_MS) return;
    this.#setAsideMs = performance.now();
    writeAtomically(join(this.#place.runFolder, 'rejoin'), `${Math.floor(Date.now() / 1_000)}\n`);
  }

  /** The others must not hear of it: who copied these data has another number, and who did not has no such row. */
  async #endSolitude(): Promise<void> {
    await this.#acting.query('SET SESSION sql_log_bin = 0');
    await this.#acting.query('DELETE FROM flotilla.alone');
    await this.#acting.query('SET SESSION sql_log_bin = 1');
  }

  async #move(sql: string, values: readonly string[] = []): Promise<void> {
    await this.#moving.query(sql, { values, timeoutMs: MOVE_TIMEOUT_MS });
  }

  #say(order: string): void {
    if (order === this.#order) return;
    writeAtomically(join(this.#place.runFolder, 'order'), `${order}\n`);
    this.#order = order;
  }

  #written(): EngineFacts {
    return parseWrapperFacts(readIfPresent(join(this.#place.runFolder, 'facts')), undefined);
  }

  #isTrusted(startId: string): boolean {
    const now = performance.now();
    const before = this.#answer;
    this.#answer = { atMs: now, startId };
    const wasSilent = before?.startId === startId && now - before.atMs > SILENT_MS;
    if (wasSilent) this.#distrustedUntilMs = now + DISTRUST_MS;
    return now >= this.#distrustedUntilMs;
  }
}

/** What the wrapper does with an empty disk, in the words of a verdict. */
function orderOf({ state, initAllowed }: EngineFacts, upstream: Upstream | undefined): string {
  if (state !== 'empty') return 'closed';
  if (initAllowed === true) return 'private';
  return upstream === undefined ? 'closed' : `replica ${upstream.host} ${upstream.port}`;
}
