import type { EngineFacts, SeenEngine } from '@flotilla/model';

/** Remembers the last running engine of each peer, so that what a dead one had written can still be told. */
export class SeenEngines {
  #lastPrimary: EngineFacts | undefined;
  readonly #engines = new Map<string, { readonly engine: EngineFacts; readonly atMs: number }>();

  /** Takes in what a peer said of its engine; one that does not run tells nothing of what clients had written. */
  note(server: string, engine: EngineFacts, nowMs: number): void {
    if (engine.state !== 'running') return;
    this.#engines.set(server, { engine, atMs: nowMs });
    if (engine.role === 'primary') this.#lastPrimary = engine;
  }

  /** Gives what a primary was when one was last seen; `undefined` when none was. One that has closed since is no primary any more. */
  get lastPrimary(): EngineFacts | undefined {
    return this.#lastPrimary;
  }

  /** Gives them by server name, with their age at `nowMs`. */
  list(nowMs: number): Readonly<Record<string, SeenEngine>> {
    const entries = [...this.#engines].map(([server, { engine, atMs }]) => {
      const { state, role, systemIdentifier, timeline, lsn, position, synchronous } = engine;
      const brief: EngineFacts = {
        state,
        role,
        ...(systemIdentifier === undefined ? {} : { systemIdentifier }),
        ...(timeline === undefined ? {} : { timeline }),
        ...(lsn === undefined ? {} : { lsn }),
        ...(position === undefined ? {} : { position }),
        ...(synchronous === undefined ? {} : { synchronous }),
      };
      return [server, { engine: brief, agoMs: Math.round(nowMs - atMs) }] as const;
    });
    return Object.fromEntries(entries);
  }
}
