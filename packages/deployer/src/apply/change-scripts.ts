import { FENCED } from '@flotilla/exec';

/**
 * $1 root, $2 service, $3 release, $4 Compose project, $5 lock, $6 token, then `reload` and its command, or nothing. The link
 * changes in one rename, and whoever reads it sees the old or the new release. Run again, it changes nothing. The step of a deploy
 * that died goes on by itself: the next one waits for it, because two of them would stumble over each other's containers.
 */
export const SWAP_AND_UP = `${FENCED}set -eu
root=$1 service=$2 release=$3 project=$4
cd "$root/services/$service"
exec 9>.mutex
flock -w 240 9 || { echo 'an earlier step of this unit does not end' >&2; exit 75; }
fenced "$5" "$6"
shift 6
[ -d "releases/$release" ] || { echo "release $release is not on this server" >&2; exit 1; }
rm -f current.new
ln -s "releases/$release" current.new
mv -T current.new current
docker compose -p "$project" -f "$root/services/$service/current/compose.yaml" up -d --remove-orphans --pull never --quiet-pull 2>&1
[ "$#" -gt 0 ] || exit 0
shift
id=$(docker ps -q --filter "label=com.docker.compose.project=$project" | head -n 1)
[ -n "$id" ] || { echo 'no running container to reload' >&2; exit 1; }
docker exec "$id" "$@" 2>&1
`;

/** $1 user, then absolute folders. Those below /run come back with every boot. */
export const MAKE_DIRECTORIES = `set -eu
name=$1
shift
for folder in "$@"; do
  [ -d "$folder" ] || mkdir -p "$folder" 2>/dev/null || sudo -n install -d -o "$(id -un)" -g "$(id -gn)" "$folder"
  case $folder in /run/*)
    entry="d $folder :0755 :$(id -un) :$(id -gn) -"
    grep -qxF "$entry" "/etc/tmpfiles.d/$name.conf" 2>/dev/null || echo "$entry" | sudo -n tee -a "/etc/tmpfiles.d/$name.conf" >/dev/null ;;
  esac
done
`;

/** Releases beyond the ones in use that a server keeps of each unit. */
const KEPT_RELEASES = 4;

/** $1 root, $2 service, $3 release, $4 lock, $5 token. The release is well: it becomes the one to return to; old ones go. */
export const MARK_APPLIED = `${FENCED}set -eu
root=$1 service=$2 release=$3
fenced "$4" "$5"
cd "$root/services/$service"
echo "$release" >applied.new
sync applied.new
mv applied.new applied
[ "$(cat failed 2>/dev/null)" != "$release" ] || rm -f failed
rm -rf "$root/secrets/.previous/$service" "$root/secrets/.previous/$service.env"
ls -1td releases/*/ | tail -n +$(( ${KEPT_RELEASES} + 2 )) | while read -r folder; do
  folder=\${folder%/}
  [ "$folder" = "releases/$release" ] || rm -rf "$folder" "$folder.json"
done
`;

/** $1 root, $2 service, $3 release whose gate failed. */
export const MARK_FAILED = `cd "$1/services/$2" && echo "$3" >failed.new && mv failed.new failed`;

/** $1 root, $2 service, $3 Compose project, $4 lock, $5 token. Stops and removes a unit's containers; volumes and releases stay. */
export const REMOVE_UNIT = `${FENCED}set -eu
fenced "$4" "$5"
docker compose -p "$3" down --remove-orphans 2>&1
rm -f "$1/services/$2/current" "$1/services/$2/applied" "$1/services/$2/failed"
`;
