import { remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { engineContainer } from '../observe.ts';
import type { GuardedTarget } from '../observe.ts';
import type { Export } from '../report.ts';
import type { ExportRequest } from './driver.ts';

/**
 * Inside a container without a network: $1 kept folder. Starts a server on a copy, because a start writes, and prints the compressed
 * dump of all of it, without the passwords of its roles.
 */
const DUMP = `set -eu
kept=$1
home=$(dirname "$kept")
need=$(du -sk "$kept" | cut -f1) free=$(df -Pk "$home" | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\\([0-9]*\\).*/\\1/p')
[ "$free" -gt $((need + need / 10)) ] || { echo "a copy needs $need KiB, and $free KiB are free" >&2; exit 1; }
copy=$(mktemp -d "$home/.export.XXXXXX")
trap 'kill -INT "$server" 2>/dev/null && wait "$server"; rm -rf "$copy"' EXIT
chown postgres "$copy"
cp -a --reflink=auto "$kept" "$copy/data"
rm -f "$copy/data/postmaster.pid" "$copy/data/standby.signal" "$copy/data/recovery.signal"
echo 'local all postgres trust' >"$copy/pg_hba.conf"
: >"$copy/pg_ident.conf"
: >"$copy/postgresql.conf"
chown postgres "$copy"/*.conf
gosu postgres postgres -D "$copy/data" -c config_file="$copy/postgresql.conf" -c hba_file="$copy/pg_hba.conf" \\
  -c ident_file="$copy/pg_ident.conf" -c listen_addresses= -c unix_socket_directories="$copy" -c autovacuum=off >&2 &
server=$!
ready() { gosu postgres psql -h "$copy" -U postgres -XAtc 'SELECT 1' >/dev/null 2>&1; }
until ready; do kill -0 "$server" || exit 1; sleep 0.2; done
gosu postgres pg_dumpall -h "$copy" -U postgres --no-role-passwords >"$copy/dump.sql"
gzip -c "$copy/dump.sql"
`;

/** $1 container of the engine, $2 name of the scratch container, $3 kept folder, $4 file, $5 the script above, $6 seconds. */
const EXPORT = `set -eu
image=$(docker inspect -f '{{.Image}}' "$1")
trap 'docker rm -f "$2" >/dev/null 2>&1; rm -f "$4.new"' EXIT
timeout "$6" docker run --rm --name "$2" --network none --user 0:0 --volumes-from "$1" --entrypoint sh "$image" -c "$5" flotilla "$3" >"$4.new"
mv "$4.new" "$4"
stat -c %s "$4"
`;

const TIMEOUT_SECONDS = 30 * 60;

/** Dumps the kept data of a superseded PostgreSQL as SQL, from a server that is started for it on a copy beside them. */
export async function exportPostgres(
  remote: RemoteServer,
  target: GuardedTarget,
  { divergence, folder }: ExportRequest,
): Promise<Export> {
  const container = engineContainer(target);
  const path = `${folder}/${divergence.keptIn.split('/').at(-1) ?? 'kept'}.sql.gz`;
  const args = [container, `${container}-export`, divergence.keptIn, path, DUMP, String(TIMEOUT_SECONDS)];
  const result = await remote.run({ argv: remoteScript(EXPORT, args), timeoutMs: (TIMEOUT_SECONDS + 60) * 1_000 });
  if (result.exitCode !== 0) {
    const detail = result.stderr.trim().split('\n').at(-1) ?? '';
    throw new FlotillaError('FAILOVER_EXPORT_FAILED', { service: target.service, server: remote.name, detail });
  }
  const content = `every database of ${remote.name} as it was when it was superseded, as SQL: gunzip -c FILE | psql`;
  return { path, sizeBytes: Number(result.stdout.trim()), content };
}
