import type { CommandRunner } from '@flotilla/exec';

import { SANDBOX_LABEL } from '../boot/names.ts';

/** Longer than any test run. */
const REAPER_TIMEOUT_MS = 24 * 3_600_000;

/** $1 process to outlive, $2 label, $3 folder. */
const REAPER = `
while kill -0 "$1" 2>/dev/null; do sleep 1; done
for id in $(docker ps -aq --filter "label=$2"); do docker rm -fv "$id"; done
for id in $(docker volume ls -q --filter "label=$2"); do docker volume rm -f "$id"; done
for id in $(docker network ls -q --filter "label=$2"); do docker network rm "$id"; done
rm -rf "$3"
`;

/** A small process that removes a sandbox when this process ends without `dismiss`. */
export type Reaper = { dismiss(): Promise<void> };

/** Starts the reaper of an environment's sandbox and of one folder. It waits for the end of this process, however it ends. */
export function startReaper(
  runner: CommandRunner,
  { environment, folder }: { readonly environment: string; readonly folder: string },
): Reaper {
  const dismissal = new AbortController();
  const label = `${SANDBOX_LABEL}=${environment}`;
  // Its output has no reader once this process is gone.
  const script = `exec >/dev/null 2>&1${REAPER}`;
  const running = runner.run({
    argv: ['sh', '-c', script, 'reaper', String(process.pid), label, folder],
    timeoutMs: REAPER_TIMEOUT_MS,
    signal: dismissal.signal,
  });
  return {
    dismiss: async () => {
      dismissal.abort();
      await running;
    },
  };
}
