import { open } from 'node:fs/promises';

import type { OracleEvent } from './log.ts';
import { formatEvent } from './log.ts';

/** A log on disk that grows. */
export type LogFile = {
  /** Queues one event; it is written and synced with the others that wait. */
  append(event: OracleEvent): void;
  /** Writes and syncs what is queued, and closes the file. Throws what any write before failed with. */
  close(): Promise<void>;
};

/** Creates the log at `path`, and fails when there is one already: a run's evidence is not overwritten. */
export async function createLogFile(path: string): Promise<LogFile> {
  const file = await open(path, 'ax');
  let queue: string[] = [];
  let failure: { readonly error: unknown } | undefined;
  let written: Promise<void> = Promise.resolve();
  const drain = async () => {
    if (queue.length === 0) return;
    const batch = queue.join('');
    queue = [];
    await file.appendFile(batch);
    await file.datasync();
  };
  return {
    append: (event) => {
      queue.push(formatEvent(event));
      written = written.then(drain).catch((error: unknown) => {
        failure ??= { error };
      });
    },
    close: async () => {
      await written;
      await file.close();
      if (failure !== undefined) throw failure.error;
    },
  };
}
