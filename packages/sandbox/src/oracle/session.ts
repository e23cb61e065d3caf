import type { TableRow } from './log.ts';

/** One numbered row. */
export type WrittenRow = { readonly run: string; readonly seq: number; readonly lane: string };

/** The reply to the commit of one row. */
export type WriteAnswer = {
  readonly node: string;
  readonly timeline: number;
  /** What the engine warned of while it committed; such a commit is not acknowledged. */
  readonly warning?: string;
};

/** One session with an engine. Every call rejects with what the engine or the driver says. */
export type Session = {
  /** Makes the oracle's table unless it is there. */
  prepare(): Promise<void>;
  /** Commits one row, never twice. */
  write(row: WrittenRow): Promise<WriteAnswer>;
  /** Gives the rows of one run as this engine has them, by number. */
  read(run: string): Promise<readonly TableRow[]>;
  /** Resolves with the reason once the session is of no more use. */
  readonly broken: Promise<string>;
  /** Ends it at once, without a word to the other side. */
  destroy(): void;
};

/** Gives what `work` gives, or rejects after `limitMs`; the work itself goes on. A wait for a lost session keeps no process alive. */
export async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs).unref();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
