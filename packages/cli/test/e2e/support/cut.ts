import { pollUntil, systemClock } from '@flotilla/exec';
import type { CommandResult } from '@flotilla/exec';

import type { TestFleet } from './fleet.ts';
import { inside } from './servers.ts';

/** A command that runs beside the test. */
export type Running = {
  /** Ends the whole process group at once, as when the machine of the person goes down. */
  kill(): void;
  readonly ended: Promise<CommandResult>;
};

/** Starts a command of the CLI and does not wait for it. */
export function start(fleet: TestFleet, ...words: readonly string[]): Running {
  const abort = new AbortController();
  const argv = [fleet.launcher, ...words] as const;
  const { root } = fleet.repository;
  const ended = fleet.runner.run({ argv, cwd: root, timeoutMs: 5 * 60_000, signal: abort.signal });
  return { kill: () => abort.abort(), ended };
}

/** Waits until `isThere`, at most 60 s. Throws when it does not come about. */
export async function until(what: string, isThere: () => Promise<boolean>): Promise<void> {
  const poll = { intervalMs: 100, timeoutMs: 60_000, clock: systemClock() };
  const came = await pollUntil(async () => ((await isThere()) ? true : undefined), poll);
  if (came === undefined) throw new Error(`it did not come about: ${what}`);
}

/** Cuts every SSH connection of a server and takes no new one. */
export async function cutSsh(fleet: TestFleet, server: string): Promise<void> {
  await inside(fleet, server, "systemctl stop ssh; pkill -KILL -f '^sshd(-session)?: ' || true");
}

/** Takes SSH connections again. */
export async function mendSsh(fleet: TestFleet, server: string): Promise<void> {
  await inside(fleet, server, 'systemctl start ssh');
}
