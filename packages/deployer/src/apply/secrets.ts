import { demand, FENCED, remoteScript } from '@flotilla/exec';
import type { SecretStore, ServerLock } from '@flotilla/exec';
import { paths } from '@flotilla/model';
import type { ServiceUnit } from '@flotilla/model';

import { packTar } from './tar.ts';
import type { TarEntry } from './tar.ts';

/**
 * $1 root, $2 lock, $3 token, then services; the archive on stdin. The folder above is closed to everybody (0700), so that
 * the files can be readable to whatever user a container runs as. What a service had before is kept in `.previous` until its
 * new release is well. A folder is filled, never replaced: containers have it mounted.
 */
export const RECEIVE_SECRETS = `${FENCED}set -eu
root=$1 lock=$2 token=$3
shift 3
fenced "$lock" "$token"
umask 077
mkdir -p "$root/secrets"
chmod 700 "$root/secrets"
cd "$root/secrets"
rm -rf .staging
mkdir -p .staging .previous
trap 'rm -rf "$root/secrets/.staging"' EXIT
tar -xmf - -C .staging --no-same-owner -p
for service in "$@"; do
  rm -rf ".previous/$service" ".previous/$service.env"
  [ ! -f "$service.env" ] || cp -p "$service.env" ".previous/$service.env"
  [ ! -d "$service" ] || cp -rp "$service" ".previous/$service"
  if [ -f ".staging/$service.env" ]; then mv ".staging/$service.env" "$service.env"; fi
  if [ -d ".staging/$service" ]; then
    mkdir -p "$service"
    chmod 755 "$service"
    for file in "$service"/*; do [ -f ".staging/$file" ] || rm -f "$file"; done
    for file in .staging/"$service"/*; do mv "$file" "$service/"; done
  fi
done
`;

/** $1 root, $2 service. Puts back what the service had before the last change of its secrets. */
export const RESTORE_SECRETS = `cd "$1/secrets" 2>/dev/null || exit 0
if [ -f ".previous/$2.env" ]; then cp -p ".previous/$2.env" "$2.env.new" && mv "$2.env.new" "$2.env"; fi
if [ -d ".previous/$2" ]; then
  for file in "$2"/*; do [ -f ".previous/$file" ] || rm -f "$file"; done
  for file in .previous/"$2"/*; do cp -p "$file" "$file.new" && mv "$file.new" "$2/"$(basename "$file"); done
fi
`;

const TIMEOUT_MS = 30_000;

/** Gives the secret files of these units, read from the store, as a server keeps them below its secrets folder. */
async function secretEntries(units: readonly ServiceUnit[], store: SecretStore): Promise<readonly TarEntry[]> {
  const entries = await Promise.all(units.map((unit) => unitEntries(unit, store)));
  return entries.flat();
}

async function unitEntries(unit: ServiceUnit, store: SecretStore): Promise<readonly TarEntry[]> {
  const values = await Promise.all(unit.secretEnv.map(({ secret }) => store.read(secret)));
  const lines = unit.secretEnv.map(({ variable }, index) => envLine(variable, values[index]?.reveal() ?? ''));
  const files = await Promise.all(
    unit.secretFiles.map(async (name) => ({
      path: `${unit.service}/${name}`,
      text: (await store.read(name)).reveal(),
      mode: 0o444,
    })),
  );
  return lines.length === 0 ? files : [{ path: `${unit.service}.env`, text: lines.join(''), mode: 0o600 }, ...files];
}

/** Gives one line of a Compose env_file that stands for exactly `value`, whatever it holds. */
export function envLine(variable: string, value: string): string {
  // Within single quotes nothing is replaced, but a quote or a line end cannot be written.
  if (!/['\n\r\\]/.test(value)) return `${variable}='${value}'\n`;
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('$', '\\$')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `${variable}="${escaped}"\n`;
}

/** Writes the secrets of these units to a server, in one stream, and gives the services that have any. Safe to repeat, except that it forgets what was before. */
export async function writeSecrets(
  { server, environment, token }: ServerLock,
  units: readonly ServiceUnit[],
  store: SecretStore,
): Promise<readonly string[]> {
  const withSecrets = units.filter((unit) => unit.secretEnv.length + unit.secretFiles.length > 0);
  if (withSecrets.length === 0) return [];
  const stdin = packTar(await secretEntries(withSecrets, store));
  const services = withSecrets.map((unit) => unit.service);
  const args = [paths.root(environment), paths.lock(environment), String(token), ...services];
  const argv = remoteScript(RECEIVE_SECRETS, args);
  await demand(server, { action: 'writing secrets', argv, stdin, timeoutMs: TIMEOUT_MS });
  return services;
}
