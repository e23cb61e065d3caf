import { join } from 'node:path';

import type { EngineFacts, GuardConfig, GuardedService, GuardStatus, GuardVerdict, TermRecord } from '@flotilla/model';

import type { Engine } from '../engines/engine.ts';
import { decide } from '../policy/decide.ts';
import { planSeed } from '../policy/records.ts';
import { rankOf, votingRecord } from '../policy/view.ts';
import type { PeerRead, View } from '../policy/view.ts';
import { countVotes } from '../policy/votes.ts';
import { readIfPresent, writeAtomically } from '../store/atomic-file.ts';
import type { Kept, RecordStore } from '../store/record-store.ts';
import type { Log } from './log.ts';
import type { AskPeer } from './peer-client.ts';
import { renderVerdict, resumeVerdict } from './verdict-line.ts';

/** A gap in our own clock beyond this means that we were frozen, and that everything read before is worthless. */
export const FROZEN_AFTER_MS = 2_000;

/** How long an engine that does not answer in time still counts as what it was. */
const PATIENCE_MS = 3_000;

/** What a watch needs of its surroundings. */
export type WatchOptions = {
  readonly config: GuardConfig;
  readonly service: GuardedService;
  readonly bootId: string;
  readonly runFolder: string;
  readonly store: RecordStore;
  readonly engine: Engine;
  readonly ask: AskPeer;
  readonly log: Log;
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
};

/** Watches one service on one server: what it knows, what it decided, and the word to the wrapper. */
export class Watch {
  readonly options: WatchOptions;
  #kept: Kept;
  #reads: Readonly<Record<string, PeerRead>> = {};
  #facts: EngineFacts = { state: 'unknown', role: 'none' };
  #verdict: GuardVerdict;
  #openedStart: string | undefined;
  #line: string | undefined;
  #heardAt: number;
  #beatAt: number;
  #hasObserved = false;
  readonly #asked = new Set<string>();
  readonly #misses = new Map<string, number>();
  #runningAt = Number.NEGATIVE_INFINITY;
  #runningRole: EngineFacts['role'] = 'none';
  /** A majority confirmed the record since this guard began, or was thawed. */
  #isConfirmed = false;
  #pause: string | undefined;
  #closing: string | undefined;

  constructor(options: WatchOptions) {
    const { config, service, store } = options;
    this.options = options;
    this.#kept = store.load(service.service);
    this.#line = readIfPresent(this.#verdictPath())?.trimEnd();
    const resumed = resumeVerdict(this.#line, { servers: config.servers, self: config.server });
    this.#verdict = resumed.verdict;
    this.#openedStart = resumed.openedStart;
    this.#heardAt = options.monotonic();
    this.#beatAt = options.monotonic();
  }

  /** Names of the other voters. */
  get peers(): readonly string[] {
    return Object.keys(this.options.config.servers).filter((name) => name !== this.options.config.server);
  }

  get record(): TermRecord | null {
    return this.#kept.record;
  }

  get facts(): EngineFacts {
    return this.#facts;
  }

  get verdict(): GuardVerdict {
    return this.#verdict;
  }

  /** True when this server's engine is the open primary, as far as is known without asking again. */
  get isOpenPrimary(): boolean {
    if (this.#verdict.kind === 'yielded') return this.#isSeen && this.#facts.role === 'primary';
    if (this.#verdict.kind !== 'open' || !this.isAwake || this.#runningRole !== 'primary') return false;
    // A busy engine may answer the guard late: that alone must not take it from its clients.
    const isPatient = this.#facts.state === 'unknown' && this.options.monotonic() - this.#runningAt < PATIENCE_MS;
    return isPatient || (this.#facts.state === 'running' && this.#facts.startId === this.#openedStart);
  }

  /** True when this server's engine streams from the primary and is at most `lagMs` behind it. */
  isFreshReplica(lagMs: number): boolean {
    const { state, role, streaming, lagMs: behindMs } = this.#facts;
    const isStreaming = state === 'running' && role === 'replica' && streaming === true;
    const isOurs = (this.#verdict.kind === 'yielded' && this.#isSeen) || (this.#verdict.kind === 'replica' && this.isAwake);
    return isOurs && isStreaming && (behindMs ?? 0) <= lagMs;
  }

  /** True when the engine answered of late, in a guard that was not frozen since. */
  get #isSeen(): boolean {
    return this.#facts.state === 'running' && this.options.monotonic() - this.#runningAt < PATIENCE_MS / 2;
  }

  /** True while nothing since the last thaw contradicts that what is known may be acted upon. */
  get isAwake(): boolean {
    return this.#isConfirmed && this.options.monotonic() - this.#beatAt <= FROZEN_AFTER_MS;
  }

  view(): View {
    const { config, service } = this.options;
    return {
      self: config.server,
      bootId: this.options.bootId,
      servers: Object.keys(config.servers),
      members: service.members,
      record: this.#kept.record,
      remembers: this.#kept.remembers,
      reads: this.#reads,
      engine: this.#facts,
      verdict: this.#verdict,
      ...(this.#openedStart === undefined ? {} : { openedStart: this.#openedStart }),
      silentMs: this.options.monotonic() - this.#heardAt,
      ...(service.closeAfterMs === undefined ? {} : { closeAfterMs: service.closeAfterMs }),
    };
  }

  status(): GuardStatus {
    const view = this.view();
    return {
      server: view.self,
      service: this.options.service.service,
      record: view.record,
      verdict: view.verdict,
      engine: view.engine,
      peers: Object.fromEntries(this.peers.map((peer) => [peer, view.reads[peer]?.record ?? null])),
      remembers: view.remembers,
      votes: votingRecord(view, view.self) !== null,
      bootId: view.bootId,
    };
  }

  /** Asks one peer and takes in its answer; its second silence in a row removes what it said before. */
  async askPeer(server: string): Promise<void> {
    const read = await this.#ask(server);
    const misses = read === undefined ? (this.#misses.get(server) ?? 0) + 1 : 0;
    this.#misses.set(server, misses);
    if (read !== undefined) this.#reads = { ...this.#reads, [server]: read };
    else if (misses >= 2)
      this.#reads = Object.fromEntries(Object.entries(this.#reads).filter(([name]) => name !== server));
    this.settle();
  }

  /** Asks the engine of this server. */
  async observe(): Promise<void> {
    await this.#observe();
    this.settle();
    await this.obey();
  }

  /** Has an engine that is told over its own protocol do what the verdict in force says; returns when it did. */
  async obey(): Promise<void> {
    const { engine, service, config } = this.options;
    if (engine.obey === undefined || !service.members.includes(config.server) || !this.#hasObserved) return;
    const of = this.#verdict.kind === 'replica' ? this.#verdict.of : undefined;
    const host = of === undefined || of === config.server ? undefined : config.servers[of];
    await engine.obey(this.#verdict, host === undefined ? undefined : { host, port: service.port });
  }

  /** Reads everything again; what it leaves behind was all asked after the call. */
  async refresh(): Promise<void> {
    const answers = await Promise.all(this.peers.map(async (peer) => [peer, await this.#ask(peer)] as const));
    this.#reads = Object.fromEntries(answers.flatMap(([peer, read]) => (read === undefined ? [] : [[peer, read]])));
    await this.#observe();
    this.settle();
  }

  async #ask(server: string): Promise<PeerRead | undefined> {
    const askedAt = this.options.monotonic();
    const read = await this.options.ask({ server, service: this.options.service.service });
    this.#beat();
    this.#asked.add(server);
    if (read === undefined || this.options.monotonic() - askedAt > FROZEN_AFTER_MS) return undefined;
    this.#remember(server, read);
    return read;
  }

  async #observe(): Promise<void> {
    const { service, config, engine, monotonic } = this.options;
    if (service.members.includes(config.server)) {
      this.#facts = await engine.observe();
      this.#beat();
      if (this.#facts.state === 'running') this.#runningAt = monotonic();
      if (this.#facts.state === 'running') this.#runningRole = this.#facts.role;
    }
    this.#hasObserved = true;
  }

  /** Puts a record on disk and acts on it; both are done when it returns. */
  accept(record: TermRecord): void {
    if (JSON.stringify(record) === JSON.stringify(this.#kept.record)) return;
    this.options.store.saveRecord(this.options.service.service, record);
    this.#kept = { ...this.#kept, record };
    this.#isConfirmed = false;
    this.options.log({ event: 'record', service: this.options.service.service, ...record });
    this.settle();
  }

  /** Leaves record and verdict alone until `resume`: the engine is between two states. */
  pause(reason: string): void {
    this.#pause = reason;
  }

  resume(): void {
    this.#pause = undefined;
    this.settle();
  }

  /** Closes the engine whatever the records say, until called with `undefined`. */
  forceClosed(reason: string | undefined): void {
    this.#closing = reason;
    this.settle();
  }

  /** Takes over what peers know better, decides, and writes the verdict when it changed. */
  settle(): void {
    if (this.#pause !== undefined || !this.#hasObserved || this.#asked.size < this.peers.length) return;
    const seed = planSeed(this.view());
    if (seed !== undefined) {
      this.accept(seed);
      return;
    }
    const { control } = this.options.service;
    if (control !== 'guard') {
      this.#apply({ kind: 'yielded', to: control });
      return;
    }
    const view = this.view();
    const record = votingRecord(view, view.self);
    if (record !== null && countVotes(view, record).enough) {
      this.#heardAt = this.options.monotonic();
      this.#isConfirmed = true;
    }
    this.#apply(this.#closing === undefined ? decide(view) : { kind: 'closed', reason: this.#closing });
  }

  #apply(verdict: GuardVerdict): void {
    const { config, service, log } = this.options;
    const isStillOpen = verdict.kind === 'open' && this.#verdict.kind === 'open' && verdict.term === this.#verdict.term;
    const isKept = isStillOpen && this.#openedStart !== undefined && this.#facts.state !== 'running';
    this.#verdict = verdict;
    if (isKept) return;
    this.#openedStart = verdict.kind === 'open' ? this.#facts.startId : undefined;
    if (!service.members.includes(config.server)) return;
    const line = renderVerdict(verdict, { engine: this.#facts, servers: config.servers, self: config.server, service });
    if (line === this.#line) return;
    writeAtomically(this.#verdictPath(), `${line}\n`);
    log({ event: 'verdict', service: service.service, was: this.#line ?? null, is: line });
    this.#line = line;
  }

  #remember(server: string, read: PeerRead): void {
    if (read.record === null || rankOf(read.record) <= rankOf(this.#kept.remembers[server])) return;
    const { term, phase } = read.record;
    this.#kept = { ...this.#kept, remembers: { ...this.#kept.remembers, [server]: { term, phase } } };
    this.options.store.saveMemory(this.options.service.service, this.#kept.remembers);
  }

  #beat(): void {
    const now = this.options.monotonic();
    const gapMs = now - this.#beatAt;
    this.#beatAt = now;
    if (gapMs <= FROZEN_AFTER_MS) return;
    this.#reads = {};
    this.#asked.clear();
    this.#isConfirmed = false;
    this.options.log({ event: 'thawed', service: this.options.service.service, gapMs: Math.round(gapMs) });
  }

  #verdictPath(): string {
    return join(this.options.runFolder, 'verdict');
  }
}
