import type { CommandRunner } from '@flotilla/exec';

import { downSandbox } from '../boot/down.ts';
import { SANDBOX_LABEL } from '../boot/names.ts';
import type { BootedSandbox } from '../boot/sandbox.ts';
import type { UpOptions } from '../boot/up.ts';
import { upSandbox } from '../boot/up.ts';

/** Longer than any test run. */
const REAPER_TIMEOUT_MS = 24 * 3_600_000;

/** A sandbox for a test, and the duty to close it. */
export type HeldSandbox = {
  readonly sandbox: BootedSandbox;
  /** Removes every trace. May be repeated. */
  close(): Promise<void>;
};

/**
 * Boots a fresh sandbox, after removing what an earlier run of the same environment left, its state folder included. That folder
 * must be inside the repository when the written environment is to be read, because `extends` does not leave it. When this process
 * ends without `close`, however it ends, a small process beside it removes the sandbox. Throws what `upSandbox` throws, with nothing
 * left behind.
 * @example beforeAll(async () => { held = await holdSandbox(options); }); afterAll(() => held?.close());
 */
export async function holdSandbox(options: UpOptions): Promise<HeldSandbox> {
  const { runner, clock, events, stateFolder } = options;
  const environment = options.environment.environment;
  await downSandbox({ environment, stateFolder, runner, clock, events });
  const reaper = startReaper(runner, { environment, stateFolder });
  const close = async () => {
    await downSandbox({ environment, stateFolder, runner, clock, events });
    await reaper.dismiss();
  };
  try {
    return { sandbox: await upSandbox(options), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Runs `body` with a fresh sandbox and removes it afterwards, also when `body` fails. */
export async function withSandbox<T>(options: UpOptions, body: (sandbox: BootedSandbox) => Promise<T>): Promise<T> {
  const held = await holdSandbox(options);
  try {
    return await body(held.sandbox);
  } finally {
    await held.close();
  }
}

/** $1 process to outlive, $2 label, $3 state folder. */
const REAPER = `
while kill -0 "$1" 2>/dev/null; do sleep 1; done
for id in $(docker ps -aq --filter "label=$2"); do docker rm -fv "$id"; done
for id in $(docker volume ls -q --filter "label=$2"); do docker volume rm -f "$id"; done
for id in $(docker network ls -q --filter "label=$2"); do docker network rm "$id"; done
rm -rf "$3"
`;

function startReaper(
  runner: CommandRunner,
  { environment, stateFolder }: { readonly environment: string; readonly stateFolder: string },
) {
  const dismissal = new AbortController();
  const label = `${SANDBOX_LABEL}=${environment}`;
  // Its output has no reader once this process is gone.
  const script = `exec >/dev/null 2>&1${REAPER}`;
  const running = runner.run({
    argv: ['sh', '-c', script, 'reaper', String(process.pid), label, stateFolder],
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
