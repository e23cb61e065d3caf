import type { EngineFacts, GuardConfig, GuardedService, GuardStatus, GuardVerdict, TermRecord } from '@flotilla/model';

import type { Engine } from '../engines/engine.ts';
import { decide } from '../policy/decide.ts';
import { withErrant } from '../policy/errant.ts';
import { planSeed } from '../policy/records.ts';
import { rankOf, votingRecord } from '../policy/view.ts';
import type { PeerRead, View } from '../policy/view.ts';
import { countVotes } from '../policy/votes.ts';
import type { Kept, RecordStore } from '../store/record-store.ts';
import { EngineWatch } from './engine-watch.ts';
import type { Log } from './log.ts';
import { PeerBoard } from './peer-board.ts';
import type { AskPeer } from './peer-client.ts';
import { SeenEngines } from './seen-engines.ts';
import { statusOf } from './status.ts';
import { VerdictFile } from './verdict-file.ts';
import { renderVerdict, resumeVerdict } from './verdict-line.ts';

/** A gap in our own clock beyond this means that we were frozen, and that everything read before is worthless. */
export const FROZEN_AFTER_MS = 2_000;

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
  readonly #board: PeerBoard;
  readonly #engine: EngineWatch;
  #verdict: GuardVerdict;
  #openedStart: string | undefined;
  readonly #file: VerdictFile;
  #heardAt: number;
  #beatAt: number;
  #hasObserved = false;
  readonly #seen = new SeenEngines();
  /** A majority confirmed the record since this guard began, or was thawed. */
  #isConfirmed = false;
  #pause: string | undefined;
  #closing: string | undefined;

  constructor(options: WatchOptions) {
    const { config, service, store } = options;
    this.options = options;
    this.#engine = new EngineWatch(options.engine, options.monotonic);
    this.#board = new PeerBoard(Object.keys(config.servers).filter((name) => name !== config.server));
    this.#kept = store.load(service.service);
    this.#file = new VerdictFile(options.runFolder, (event) => this.#log(event));
    const resumed = resumeVerdict(this.#file.line, { servers: config.servers, self: config.server });
    this.#verdict = resumed.verdict;
    this.#openedStart = resumed.openedStart;
    this.#heardAt = options.monotonic();
    this.#beatAt = options.monotonic();
  }

  /** Names of the other voters. */
  get peers(): readonly string[] {
    return this.#board.names;
  }

  get record(): TermRecord | null {
    return this.#kept.record;
  }

  get facts(): EngineFacts {
    return this.#engine.facts;
  }

  /** Engines of the other members as their guards tell them at this moment; a silent one is absent. */
  get peerEngines(): Readonly<Record<string, EngineFacts>> {
    return this.#board.enginesOf(this.options.service.members);
  }

  get verdict(): GuardVerdict {
    return this.#verdict;
  }

  /** True when this server's engine is the open primary, as far as is known without asking again. */
  get isOpenPrimary(): boolean {
    if (this.#verdict.kind === 'yielded') {
      return this.#engine.isSeen && this.facts.role === 'primary' && this.facts.admits !== false;
    }
    return this.#verdict.kind === 'open' && this.isAwake && this.#engine.isPrimary(this.#openedStart);
  }

  /** True when this server's engine streams from the primary and is at most `lagMs` behind it. */
  isFreshReplica(lagMs: number): boolean {
    const verdict = this.#verdict;
    const isMeant = verdict.kind === 'replica' && verdict.stranded === undefined && this.isAwake;
    const isOurs = isMeant || (verdict.kind === 'yielded' && this.#engine.isSeen);
    return isOurs && this.#engine.isStreaming(lagMs);
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
      reads: this.#board.reads,
      engine: this.facts,
      verdict: this.#verdict,
      ...(this.#openedStart === undefined ? {} : { openedStart: this.#openedStart }),
      silentMs: this.options.monotonic() - this.#heardAt,
      ...(service.closeAfterMs === undefined ? {} : { closeAfterMs: service.closeAfterMs }),
      ...(service.synchronous === undefined ? {} : { synchronous: service.synchronous }),
    };
  }

  status(): GuardStatus {
    const { config, service, monotonic } = this.options;
    const own = { environment: config.environment, service: service.service };
    return { ...own, ...statusOf(this.view(), this.peers), seen: this.#seen.list(monotonic()) };
  }

  /** Asks one peer and takes in its answer; its second silence in a row removes what it said before. */
  async askPeer(server: string): Promise<void> {
    this.#board.take(server, await this.#ask(server));
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
    const { service, config } = this.options;
    if (!service.members.includes(config.server) || !this.#hasObserved) return;
    await this.#engine.obey(() => {
      // Between two states, what the verdict said before must not undo what is being done.
      if (this.#pause !== undefined) return undefined;
      const of = this.#upstream;
      const host = of === undefined || of === config.server ? undefined : config.servers[of];
      return { verdict: this.#verdict, upstream: host === undefined ? undefined : { host, port: service.port } };
    });
  }

  /** Whom it follows: by verdict, or the member that an engine of consensus made primary. */
  get #upstream(): string | undefined {
    if (this.#verdict.kind === 'replica') return this.#verdict.of;
    if (this.#verdict.kind !== 'yielded') return undefined;
    return Object.entries(this.peerEngines).find(
      ([, { state, role }]) => state === 'running' && role === 'primary',
    )?.[0];
  }

  /** Promotes the engine of this server; to be called between `pause` and `resume`. */
  promote(): ReturnType<Engine['promote']> {
    return this.#engine.promote();
  }

  /** Reads everything again; what it leaves behind was all asked after the call. */
  async refresh(): Promise<void> {
    this.#board.replace(await Promise.all(this.peers.map(async (peer) => [peer, await this.#ask(peer)] as const)));
    await this.#observe();
    this.settle();
  }

  async #ask(server: string): Promise<PeerRead | undefined> {
    const askedAt = this.options.monotonic();
    const read = await this.options.ask({ server, service: this.options.service.service });
    this.#beat();
    this.#board.note(server);
    if (read === undefined || this.options.monotonic() - askedAt > FROZEN_AFTER_MS) return undefined;
    this.#remember(server, read);
    if (this.options.service.members.includes(server)) this.#seen.note(server, read.engine, this.options.monotonic());
    return read;
  }

  async #observe(): Promise<void> {
    const { service, config } = this.options;
    if (service.members.includes(config.server)) {
      const before = this.facts.synchronous?.state;
      await this.#engine.observe((facts) => withErrant(facts, this.#seen.lastPrimary));
      this.#beat();
      const { synchronous } = this.facts;
      if (synchronous !== undefined && synchronous.state !== before)
        this.#log({ event: 'synchronous', ...synchronous });
    }
    this.#hasObserved = true;
  }

  /** Puts a record on disk and acts on it; both are done when it returns. */
  accept(record: TermRecord): void {
    if (JSON.stringify(record) === JSON.stringify(this.#kept.record)) return;
    this.options.store.saveRecord(this.options.service.service, record);
    this.#kept = { ...this.#kept, record };
    this.#isConfirmed = false;
    this.#log({ event: 'record', ...record });
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
    if (this.#pause !== undefined || !this.#hasObserved || !this.#board.isComplete) return;
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
    const { config, service } = this.options;
    const isStillOpen = verdict.kind === 'open' && this.#verdict.kind === 'open' && verdict.term === this.#verdict.term;
    const isKept = isStillOpen && this.#openedStart !== undefined && this.facts.state !== 'running';
    this.#verdict = verdict;
    if (isKept) return;
    this.#openedStart = verdict.kind === 'open' ? this.facts.startId : undefined;
    if (!service.members.includes(config.server)) return;
    const context = { engine: this.facts, servers: config.servers, self: config.server, service };
    this.#file.put(renderVerdict(verdict, context));
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
    this.#board.clear();
    this.#isConfirmed = false;
    this.#log({ event: 'thawed', gapMs: Math.round(gapMs) });
  }

  #log(event: Readonly<Record<string, unknown>>): void {
    const { log, service } = this.options;
    log({ service: service.service, ...event });
  }
}
