import { remoteScript } from '@flotilla/exec';
import { FlotillaError, paths } from '@flotilla/model';

import type { Session } from './session.ts';

/** What a promotion and its first minutes may write. */
const NEEDED_BYTES = 64 * 2 ** 20;
const TIMEOUT_MS = 5_000;

/** $1 data folder. Prints the free bytes of its disk for who is not root. */
const FREE = 'df -Pk "$1" | sed -n \'2s/^[^ ]* *[0-9]* *[0-9]* *\\([0-9]*\\).*/\\1/p\'';

/** Throws FAILOVER_TARGET_FULL when the disk of a new primary has no room for its first writes. What cannot be told is no reason. */
export async function checkSpace({ fleet, target }: Session, server: string): Promise<void> {
  const argv = remoteScript(FREE, [paths.data(target.environment, target.service)]);
  const { exitCode, stdout } = await fleet.server(server).run({ argv, timeoutMs: TIMEOUT_MS });
  const kibibytes = /^\d+$/.exec(stdout.trim())?.[0];
  if (exitCode !== 0 || kibibytes === undefined) return;
  const freeBytes = Number(kibibytes) * 1024;
  if (freeBytes >= NEEDED_BYTES) return;
  throw new FlotillaError('FAILOVER_TARGET_FULL', {
    service: target.service,
    server,
    freeBytes,
    neededBytes: NEEDED_BYTES,
  });
}
