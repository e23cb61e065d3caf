import type { EngineFacts, GuardVerdict } from '@flotilla/model';

import type { Engine, Upstream } from '../engines/engine.ts';

/** How long an engine that does not answer in time still counts as what it was. */
const PATIENCE_MS = 3_000;

/** What an engine is told to be. */
export type Told = { readonly verdict: GuardVerdict; readonly upstream: Upstream | undefined };

/**
 * The engine of this server as its guard knows it. It is asked and told one thing at a time, in order: an opening that was begun has ended
 * before a close begins, and no answer from before an opening is taken for one from after it.
 */
export class EngineWatch {
  readonly #engine: Engine;
  readonly #monotonic: () => number;
  #facts: EngineFacts = { state: 'unknown', role: 'none' };
  #runningAt = Number.NEGATIVE_INFINITY;
  #runningRole: EngineFacts['role'] = 'none';
  #last: Promise<unknown> = Promise.resolve();

  constructor(engine: Engine, monotonic: () => number) {
    this.#engine = engine;
    this.#monotonic = monotonic;
  }

  /** What it last said of itself. */
  get facts(): EngineFacts {
    return this.#facts;
  }

  /** True for a primary that answers, or did a moment ago: a busy engine may answer late, which must not take it from its clients. */
  isPrimary(startId: string | undefined): boolean {
    if (this.#runningRole !== 'primary' || this.#facts.admits === false) return false;
    if (this.#facts.state === 'unknown') return this.#monotonic() - this.#runningAt < PATIENCE_MS;
    return this.#facts.state === 'running' && this.#facts.startId === startId;
  }

  /** True for a replica that streams and is at most `lagMs` behind what it received. */
  isStreaming(lagMs: number): boolean {
    const { state, role, streaming, lagMs: behindMs } = this.#facts;
    return state === 'running' && role === 'replica' && streaming === true && (behindMs ?? 0) <= lagMs;
  }

  /** True when it answered of late. */
  get isSeen(): boolean {
    return this.#facts.state === 'running' && this.#monotonic() - this.#runningAt < PATIENCE_MS / 2;
  }

  /** Asks it; `describe` completes what it says. */
  observe(describe: (facts: EngineFacts) => EngineFacts): Promise<void> {
    return this.#inTurn(() => this.#ask(describe));
  }

  /** Tells it what `next` gives when its turn comes, if anything; returns when it did. */
  obey(next: () => Told | undefined): Promise<void> {
    return this.#inTurn(async () => {
      const told = this.#engine.obey === undefined ? undefined : next();
      if (told === undefined) return;
      const { state, role } = this.#facts;
      const isOpening = told.verdict.kind === 'open' && role !== 'primary';
      const isClosing = told.verdict.kind !== 'open' && told.verdict.kind !== 'yielded' && role === 'primary';
      // From here until it is asked again, nobody may take it for closed.
      if (isOpening && state === 'running') this.#facts = { ...this.#facts, role: 'primary' };
      await this.#engine.obey?.(told.verdict, told.upstream);
      if (state === 'running' && (isOpening || isClosing)) await this.#ask((facts) => facts);
    });
  }

  /** Promotes it, after whatever it was told before. */
  promote(): ReturnType<Engine['promote']> {
    return this.#inTurn(() => this.#engine.promote());
  }

  async #ask(describe: (facts: EngineFacts) => EngineFacts): Promise<void> {
    this.#facts = describe(await this.#engine.observe());
    if (this.#facts.state !== 'running') return;
    this.#runningAt = this.#monotonic();
    this.#runningRole = this.#facts.role;
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#last.then(task);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
