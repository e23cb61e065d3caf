import { createHash } from 'node:crypto';

import { demand, FENCED, remoteScript } from '@flotilla/exec';
import type { ServerLock } from '@flotilla/exec';
import { paths, unitFolder } from '@flotilla/model';
import type { ServerTree, ServiceUnit } from '@flotilla/model';

import { packTar } from './tar.ts';
import type { TarEntry } from './tar.ts';

/**
 * $1 root, $2 lock, $3 token; the archive on stdin. Files land in a folder of this run, are compared with their checksums on the
 * server, reach the disk, and only then get their names: a release folder exists whole or not at all.
 */
export const RECEIVE = `${FENCED}set -eu
root=$1 lock=$2 token=$3
fenced "$lock" "$token"
umask 022
staging=$root/staging-$token
rm -rf "$root"/staging-*
if [ -d "$root/steps" ]; then find "$root/steps" -mindepth 1 -maxdepth 1 -mmin +60 -exec rm -rf {} +; fi
mkdir -p "$staging"
trap 'rm -rf "$staging"' EXIT
cd "$staging"
tar -xmf - --no-same-owner -p
sha256sum --check --quiet --strict SHA256SUMS
find . -type f -exec sync {} +
for folder in services/*/releases/*/; do
  folder=\${folder%/}
  mkdir -p "$root/\${folder%/*}"
  fenced "$lock" "$token"
  cp "$folder.json" "$root/$folder.json.new"
  mv "$root/$folder.json.new" "$root/$folder.json"
  [ -d "$root/$folder" ] || mv -T "$folder" "$root/$folder"
done
`;

const TIMEOUT_MS = 120_000;

/** Gives the files of one release as a server stores them, with the definition of the unit beside the folder. */
function releaseEntries(tree: ServerTree, unit: ServiceUnit): readonly TarEntry[] {
  const folder = `${unitFolder(unit.service)}/`;
  const release = `${folder}releases/${unit.hash}`;
  const files = tree.files
    .filter((file) => file.path.startsWith(folder))
    .map(({ path, text, mode }) => ({ path: `${release}/${path.slice(folder.length)}`, text, mode }));
  return [...files, { path: `${release}.json`, text: `${JSON.stringify(unit)}\n`, mode: 0o644 }];
}

/** Gives the bytes that an upload of these units sends. */
export function packReleases(tree: ServerTree, units: readonly ServiceUnit[]): Uint8Array {
  const entries = units.flatMap((unit) => releaseEntries(tree, unit));
  const sums = entries.map(({ path, text }) => `${createHash('sha256').update(text).digest('hex')}  ${path}\n`);
  return packTar([...entries, { path: 'SHA256SUMS', text: sums.join(''), mode: 0o644 }]);
}

/** Sends the releases of these units to a server, in one stream. Safe to repeat; a release that is there stays as it is. */
export async function uploadReleases(lock: ServerLock, archive: Uint8Array): Promise<void> {
  const { server, environment, token } = lock;
  const argv = remoteScript(RECEIVE, [paths.root(environment), paths.lock(environment), String(token)]);
  await demand(server, { action: 'uploading releases', argv, stdin: archive, timeoutMs: TIMEOUT_MS });
}
