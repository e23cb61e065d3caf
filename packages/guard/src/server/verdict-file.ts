import { join } from 'node:path';

import { readIfPresent, writeAtomically } from '../store/atomic-file.ts';
import type { Log } from './log.ts';

/** The word to the wrapper, in the run folder of one service. */
export class VerdictFile {
  readonly #path: string;
  readonly #say: Log;
  #line: string | undefined;

  constructor(runFolder: string, say: Log) {
    this.#path = join(runFolder, 'verdict');
    this.#say = say;
    this.#line = readIfPresent(this.#path)?.trimEnd();
  }

  /** What it says; `undefined` when no guard of this boot has spoken yet. */
  get line(): string | undefined {
    return this.#line;
  }

  /** Writes another line; the same one again costs nothing. */
  put(line: string): void {
    if (line === this.#line) return;
    writeAtomically(this.#path, `${line}\n`);
    this.#say({ event: 'verdict', was: this.#line ?? null, is: line });
    this.#line = line;
  }
}
