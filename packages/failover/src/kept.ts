import { demand } from '@flotilla/exec';
import type { RemoteFleet } from '@flotilla/exec';
import { FlotillaError, paths } from '@flotilla/model';

import { rootScript } from './as-root.ts';
import type { GuardedTarget } from './observe.ts';

/** Data of a superseded member that were kept aside. */
export type KeptData = {
  readonly server: string;
  /** Name of the folder below the service's data. */
  readonly name: string;
  /** Absent when the server could not count it in time. */
  readonly sizeBytes?: number;
};

/** $1 data folder. Prints \`size name\` of each kept folder, the size in KiB; a folder too large to count in time has none. */
const LIST = `cd "$1" 2>/dev/null || exit 0
for folder in *.superseded-*; do
  [ -d "$folder" ] || continue
  size=$(timeout 2 du -sk "$folder" 2>/dev/null | cut -f1)
  printf '%s %s\\n' "\${size:--}" "$folder"
done
`;

/** $1 data folder, $2 name. */
const DISCARD = `cd "$1" && [ -d "$2" ] && [ ! -L "$2" ] && rm -rf -- "$2" && sync`;

const NAME = /^[A-Za-z0-9_.-]+\.superseded-[A-Za-z0-9+]+$/;
const LIST_TIMEOUT_MS = 10_000;
const DISCARD_TIMEOUT_MS = 10 * 60_000;

/** Lists what the members keep aside; members that do not answer have nothing in it. Sorted by member, then name. */
export async function listKept(fleet: RemoteFleet, target: GuardedTarget): Promise<readonly KeptData[]> {
  const argv = rootScript(LIST, [paths.data(target.environment, target.service)]);
  const answers = await Promise.all(
    target.members.map(async (server) => {
      const { exitCode, stdout } = await fleet.server(server).run({ argv, timeoutMs: LIST_TIMEOUT_MS });
      return exitCode === 0
        ? stdout
            .trim()
            .split('\n')
            .flatMap((line) => parseKept(server, line))
        : [];
    }),
  );
  return answers.flat();
}

function parseKept(server: string, line: string): readonly KeptData[] {
  const [size = '', name = ''] = line.split(' ');
  if (!NAME.test(name)) return [];
  return [{ server, name, ...(/^\d+$/.test(size) ? { sizeBytes: Number(size) * 1024 } : {}) }];
}

/**
 * Removes one kept folder of a member, by its name, for good. Throws FAILOVER_NOT_A_MEMBER, FAILOVER_KEPT_UNKNOWN (nothing was changed) and
 * what a failed command throws.
 */
export async function discardKept(
  fleet: RemoteFleet,
  target: GuardedTarget,
  { server, name }: { readonly server: string; readonly name: string },
): Promise<KeptData> {
  const { service, environment, members } = target;
  if (!members.includes(server)) throw new FlotillaError('FAILOVER_NOT_A_MEMBER', { service, server, members });
  const kept = (await listKept(fleet, target)).filter((each) => each.server === server);
  const found = kept.find((each) => each.name === name);
  if (found === undefined) {
    throw new FlotillaError('FAILOVER_KEPT_UNKNOWN', { server, name, known: kept.map((each) => each.name) });
  }
  const argv = rootScript(DISCARD, [paths.data(environment, service), name]);
  await demand(fleet.server(server), { action: `removing ${name}`, argv, timeoutMs: DISCARD_TIMEOUT_MS });
  return found;
}
