import { downSandbox } from '../boot/down.ts';
import type { BootedSandbox } from '../boot/sandbox.ts';
import type { UpOptions } from '../boot/up.ts';
import { upSandbox } from '../boot/up.ts';
import { startReaper } from './reaper.ts';

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
  const reaper = startReaper(runner, { environment, folder: stateFolder });
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
