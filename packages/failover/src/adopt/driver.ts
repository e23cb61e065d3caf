import type { AdoptionAdvice, AdoptionCircumstances, FoundContainer } from '../policy/adoption/container.ts';

/** Passwords of a service, in clear, on their way into a pipe. */
export type AdoptionPasswords = { readonly superuser: string; readonly guard: string; readonly replication: string };

/** What one engine knows about being taken over. */
export type AdoptionDriver = {
  /** Name of what the data become in the data folder of the service. */
  readonly folder: string;
  /**
   * Script of root: $1 container, $2 data folder of the service, $3 its declared image; the superuser's password on stdin. Prints
   * `key value` lines, `absent` alone when there is no such container. Changes nothing but that the image is there.
   */
  readonly inspect: string;
  readonly judge: (found: FoundContainer, around: AdoptionCircumstances) => AdoptionAdvice;
  /** What makes the accounts of guard and replicas in it; what is there is brought up to date. Absent where an engine has none. */
  readonly accounts?: (found: FoundContainer, given: AccountsGiven) => AccountsCall;
  /**
   * Script of root: $1 container, $2 its data, $3 data folder of the service, $4 restart policy it had, $5 the declared image; the
   * superuser's password on stdin. Stops it for good, has the clean end confirmed, and gives the data their new place. When the end
   * is not clean, it is started again as it was, and the last line of stderr says so.
   */
  readonly move: string;
  /** Commands of root that give the data back to the container. */
  readonly back: (folder: string, found: FoundContainer) => readonly string[];
};

/** What the environment and its secrets say about accounts. */
export type AccountsGiven = { readonly passwords: AdoptionPasswords; readonly databases: readonly string[] };

/** A command inside the container, and what it reads. */
export type AccountsCall = { readonly argv: readonly string[]; readonly stdin: string };

/**
 * Gives the script that looks at a container: what every container has, and `lines` of the engine between, which ask it, print its
 * answers, and set `inside` to the folder of the data in it; `located` looks at that folder on the server, `$source`.
 */
export function inspectScript(folder: string, lines: string, located = ':'): string {
  return `set -u
docker inspect "$1" >/dev/null 2>&1 || { echo absent; exit 0; }
container=$1 home=$2 declared=$3
password=$(cat)
of() { docker inspect -f "$1" "$container"; }
declared_says() { docker run --rm --network none --entrypoint sh "$declared" -c "$1" 2>/dev/null; }
joined() { paste -sd ' ' -; }
echo "running $(of '{{.State.Running}}')"
echo "restart $(of '{{.HostConfig.RestartPolicy.Name}}')"
echo "image $(of '{{.Config.Image}}')"
${lines.trim()}
source=''
longest=0
while IFS='|' read -r mounted outside; do
  case $inside/ in
    "$mounted"/*) [ \${#mounted} -le "$longest" ] || { longest=\${#mounted}; source=$outside\${inside#"$mounted"}; } ;;
  esac
done <<MOUNTS
$(of '{{range .Mounts}}{{.Destination}}|{{.Source}}{{println}}{{end}}')
MOUNTS
echo "source $source"
if [ -n "$source" ] && [ -d "$source" ]; then
  echo "kibibytes $(du -sk "$source" | cut -f1)"
  ${located}
  [ ! -e "$home/${folder}" ] || echo 'occupied yes'
  near=$home
  while [ ! -e "$near" ]; do near=$(dirname "$near"); done
  [ "$(stat -c %d "$source")" = "$(stat -c %d "$near")" ] && [ "$(stat -c %m "$source")" = "$(stat -c %m "$near")" ] && echo 'renamable yes'
  echo "room $(df -Pk "$source" | sed -n '2s/^[^ ]* *[0-9]* *[0-9]* *\\([0-9]*\\).*/\\1/p')"
fi
exit 0
`;
}

/**
 * Gives the script that stops a container and takes its data. `end` defines `stop`, which ends it, and `doubt`, which prints what speaks
 * against a clean end; `take` gives the data their place and fails when it could not.
 */
export function moveScript({ end, take }: { readonly end: string; readonly take: string }): string {
  return `set -eu
container=$1 source=$2 home=$3 policy=$4 declared=$5
password=$(cat)
again() { docker update --restart="$policy" "$container" >/dev/null; docker start "$container" >/dev/null; echo "$1; it was started again" >&2; exit 1; }
${end.trim()}
docker update --restart=no "$container" >/dev/null
stop
doubt=$(doubt)
[ -z "$doubt" ] || again "$doubt"
mkdir -p "$home"
${take.trim()}
: >"$home/adopted"
sync
`;
}

/** Takes the whole folder as `folder`, for `user` of the declared image. */
export function takeFolder(folder: string, user: string): string {
  return `
own() {
  user=$(docker run --rm --network none --entrypoint id "$declared" -u ${user}) || return 1
  [ "$(stat -c %u "$home/${folder}")" = "$user" ] ||
    docker run --rm --network none -v "$home/${folder}:/adopted" --entrypoint chown "$declared" -R ${user}:${user} /adopted
}
mv -T "$source" "$home/${folder}" || again 'its data could not be moved'
own || { mv -T "$home/${folder}" "$source"; again 'its data could not be given to their user'; }
`;
}
