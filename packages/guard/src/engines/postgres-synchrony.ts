import type { SynchronousFacts, SynchronousMode } from '@flotilla/model';

import type { FactsRow, StandbyRow } from './postgres-facts.ts';

/** A standby reports once a second (`wal_receiver_status_interval`); one that missed two reports confirms nothing. */
const SILENT_AFTER_MS = 2_500;
/** How long commits wait for a standby to come back before `preferred` lets go of it. */
const PATIENCE_MS = 1_000;
/** A standby that lags more than this would hold every commit until it has caught up. */
const CAUGHT_UP_BYTES = 1_048_576;
/** So long after the engine re-read the setting, every session waits by it. */
const IN_FORCE_AFTER_MS = 500;

/** What `preferred` does next. `announce` says in the facts that it will let go; the next step does. */
export type SynchronyStep = 'keep' | 'announce' | 'release' | 'demand';

/** Follows which standbys confirm, and tells when `preferred` waits for them. */
export class Synchrony {
  readonly #mode: SynchronousMode;
  readonly #monotonic: () => number;
  readonly #replies = new Map<string, { readonly repliedAt: string | null; readonly heardAt: number }>();
  #hadStandbyAt: number;
  #inForceSince: number | undefined;
  #isAnnounced = false;
  #standbys: readonly StandbyRow[] = [];

  constructor(mode: SynchronousMode, monotonic: () => number) {
    this.#mode = mode;
    this.#monotonic = monotonic;
    this.#hadStandbyAt = monotonic();
  }

  /** Takes in what a primary sees of its standbys, and gives what its acknowledgements are worth. `others` are the other members. */
  read(
    { standbys, standbyNames }: Pick<FactsRow, 'standbys' | 'standbyNames'>,
    others: readonly string[],
  ): SynchronousFacts {
    const now = this.#monotonic();
    const rows = (standbys ?? []).filter(({ name }) => others.includes(name));
    for (const { name, repliedAt } of rows) {
      if (this.#replies.get(name)?.repliedAt !== repliedAt) this.#replies.set(name, { repliedAt, heardAt: now });
    }
    for (const name of this.#replies.keys()) if (!rows.some((row) => row.name === name)) this.#replies.delete(name);
    this.#standbys = rows.filter(({ name, isStreaming }) => isStreaming && now - this.#heardAt(name) < SILENT_AFTER_MS);
    if (this.#standbys.length > 0) this.#hadStandbyAt = now;
    this.#inForceSince = standbyNames === '' ? undefined : (this.#inForceSince ?? now);
    return {
      mode: this.#mode,
      state: this.#state(now),
      standbys: [...new Set(this.#standbys.map(({ name }) => name))].sort(),
    };
  }

  /** Tells what is to be done about the setting, given that it is what was last read. Strict never lets go. */
  step(): SynchronyStep {
    if (this.#mode === 'strict') return 'keep';
    const now = this.#monotonic();
    if (this.#inForceSince === undefined) {
      this.#isAnnounced = false;
      return this.#standbys.some(({ behindBytes }) => behindBytes !== null && behindBytes <= CAUGHT_UP_BYTES)
        ? 'demand'
        : 'keep';
    }
    if (now - this.#hadStandbyAt < PATIENCE_MS) {
      this.#isAnnounced = false;
      return 'keep';
    }
    if (this.#isAnnounced) return 'release';
    this.#isAnnounced = true;
    return 'announce';
  }

  #heardAt(name: string): number {
    return this.#replies.get(name)?.heardAt ?? Number.NEGATIVE_INFINITY;
  }

  #state(now: number): SynchronousFacts['state'] {
    if (this.#inForceSince === undefined || this.#isAnnounced) return 'degraded';
    if (this.#standbys.length === 0) return 'blocked';
    return now - this.#inForceSince < IN_FORCE_AFTER_MS && this.#mode === 'preferred' ? 'degraded' : 'synced';
  }
}
