import type { EngineFacts } from '@flotilla/model';

import type { PeerRead } from '../policy/view.ts';

/** A peer that was silent so often in a row is no longer what it said before. */
const MISSES = 2;

/** What the other guards said, as far as it still counts. */
export class PeerBoard {
  readonly names: readonly string[];
  #reads: Readonly<Record<string, PeerRead>> = {};
  readonly #asked = new Set<string>();
  readonly #misses = new Map<string, number>();

  constructor(names: readonly string[]) {
    this.names = names;
  }

  /** The answers that count, by server. */
  get reads(): Readonly<Record<string, PeerRead>> {
    return this.#reads;
  }

  /** The engines of these servers, as far as their answers count. */
  enginesOf(members: readonly string[]): Readonly<Record<string, EngineFacts>> {
    const read = Object.entries(this.#reads).filter(([server]) => members.includes(server));
    return Object.fromEntries(read.map(([server, { engine }]) => [server, engine]));
  }

  /** True when everybody was asked since the board was empty. */
  get isComplete(): boolean {
    return this.#asked.size >= this.names.length;
  }

  /** Notes that a server was asked, whatever it said. */
  note(server: string): void {
    this.#asked.add(server);
  }

  /** Takes one answer in; a first silence changes nothing. */
  take(server: string, read: PeerRead | undefined): void {
    const misses = read === undefined ? (this.#misses.get(server) ?? 0) + 1 : 0;
    this.#misses.set(server, misses);
    if (read !== undefined) this.#reads = { ...this.#reads, [server]: read };
    else if (misses >= MISSES) {
      this.#reads = Object.fromEntries(Object.entries(this.#reads).filter(([name]) => name !== server));
    }
  }

  /** Takes one round of answers for all that is known. */
  replace(answers: readonly (readonly [string, PeerRead | undefined])[]): void {
    this.#reads = Object.fromEntries(answers.flatMap(([peer, read]) => (read === undefined ? [] : [[peer, read]])));
  }

  /** Voids every answer. */
  clear(): void {
    this.#reads = {};
    this.#asked.clear();
  }
}
