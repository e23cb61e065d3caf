import { paths } from '@flotilla/model';

import { demand } from './demand.ts';
import { remoteScript } from './quote.ts';
import type { RemoteServer } from './remote.ts';

/** One line of a server's journal. `begin` without its `end` is a step whose outcome nobody saw. */
export type JournalEntry = {
  /** ISO 8601 UTC, by the clock of who wrote it; for people. */
  readonly at: string;
  /** Identity of the run that wrote it: the fencing token of its lock. */
  readonly run: number;
  readonly event: 'begin' | 'end' | 'return' | 'hold' | 'fence' | 'claim' | 'promote' | 'note';
  readonly service?: string;
  /** Release before and after, by hash. */
  readonly from?: string;
  readonly to?: string;
  readonly detail?: string;
};

// One write(2) of one short line: O_APPEND keeps lines of two writers whole.
const APPEND = `printf '%s\\n' "$2" >>"$1"`;

/** Appends one line to the journal of a server. Throws EXEC_UNREACHABLE, EXEC_TIMEOUT or EXEC_REMOTE_FAILED. */
export async function appendJournal(server: RemoteServer, environment: string, entry: JournalEntry): Promise<void> {
  const argv = remoteScript(APPEND, [paths.journal(environment), JSON.stringify(entry)]);
  await demand(server, { action: 'writing the journal', argv, timeoutMs: 15_000 });
}
