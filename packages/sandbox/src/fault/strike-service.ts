import type { CommandRunner } from '@flotilla/exec';
import { FlotillaError, paths, SERVICE_LABEL } from '@flotilla/model';

import type { ServiceFault } from './fault.ts';
import type { Strike } from './strike.ts';
import { findServer, inServer } from './strike.ts';

/** $1 is the label that finds the container, $2 the folder of its data, $3 what the fault adds. Nothing is changed when it is missing. */
const FIND = 'id=$(docker ps -aq --filter "label=$1" | head -n 1); [ -n "$id" ] || exit 44; set -e; ';
const NOT_FOUND = 44;

const KILL_PROCESS =
  'pid=$(docker inspect -f "{{.State.Pid}}" "$id"); [ "$pid" -gt 0 ] || { echo "it does not run" >&2; exit 1; }; kill -s KILL "$pid"';

/** Of the engine's processes, the one that all others come from. */
const KILL_ENGINE = `pid=$(docker top "$id" -eo pid,comm | awk '$2 ~ /^(postgres|mysqld|mariadbd|redis-server)$/ { print $1 }' | sort -n | head -n 1)
  [ -n "$pid" ] || { echo "no engine runs in it" >&2; exit 1; }; kill -s KILL "$pid"`;

/** Stops the engine around a change to its disk, and starts it again when it ran. */
const MOVING = {
  begin: 'ran=$(docker inspect -f "{{.State.Running}}" "$id"); docker stop -t 60 "$id" >/dev/null; ',
  end: '; rm -rf "$2.moving"; [ "$ran" = false ] || docker start "$id" >/dev/null',
} as const;

/** Only a disk of the service's own may be filled: the one below it is this machine's. */
const IS_LIMITED = 'mountpoint -q "$2" || { echo "its data have no disk of their own: limit it first" >&2; exit 1; }; ';

/** Files that hold rows: of PostgreSQL, MySQL and MariaDB, Redis. */
const FIND_ROWS = `find "$2" -type f -size +0 -regextype posix-extended \\
  -regex '.*(/base/[0-9]+/[0-9]+|[.]ibd|[.]rdb|[.]aof)' -printf '%s %p\\n' | sort -rn | head -n 1 | cut -d ' ' -f 2-`;

/** In the middle of a page, and never at the start of a file, where an engine notices the damage without reading its rows. */
const INVERT = `perl -e '
  open(my $file, "+<", $ARGV[0]) or die "$ARGV[0]: $!\\n";
  my $size = -s $file;
  my $at = $size < 16384 ? int($size / 2) : int($size / 2 / 8192) * 8192 + 4096;
  seek($file, $at, 0);
  my $length = read($file, my $bytes, 64);
  seek($file, $at, 0);
  print $file $bytes ^ ("\\xff" x $length);
' "$file"`;

const SCRIPTS = {
  // A busy cgroup of version 1 is not always frozen at the first try.
  'pause-service': 'n=0; until docker pause "$id"; do n=$((n + 1)); [ "$n" -lt 20 ] || exit 1; sleep 0.3; done',
  'unpause-service': 'docker unpause "$id"',
  'stop-service': 'docker stop -t 60 "$id"',
  'boot-service': 'docker update --restart unless-stopped "$id"; docker start "$id"',
  // The engine never restarts what it was itself told to kill, so the signal comes from beside it: this is a crash.
  'kill-service': `[ -z "$3" ] || docker update --restart no "$id"; ${KILL_PROCESS}`,
  'crash-service': KILL_ENGINE,
  'wipe-service': `[ "$(docker inspect -f "{{.State.Running}}" "$id")" = false ] || { echo "it runs: stop it first" >&2; exit 1; }
    find "$2" -mindepth 1 -delete`,
  'corrupt-service': `file="$2/$3"; [ -n "$3" ] || file=$(${FIND_ROWS})
    [ -f "$file" ] || { echo "there is no such file" >&2; exit 1; }; ${INVERT}`,
  'limit-service': `if mountpoint -q "$2"; then echo "its data have a disk of their own already" >&2; exit 1; fi
    used=$(du -sm "$2" | cut -f 1); [ "$used" -lt "$3" ] || { echo "its data take $used MiB" >&2; exit 1; }
    ${MOVING.begin} mv "$2" "$2.moving"; mkdir "$2"; mount -t tmpfs -o "size=$3m" tmpfs "$2"; cp -a "$2.moving/." "$2/"${MOVING.end}`,
  'unlimit-service': `${IS_LIMITED} ${MOVING.begin} rm -f "$2/.flotilla-ballast"; mkdir "$2.moving"; cp -a "$2/." "$2.moving/"
    umount "$2"; rmdir "$2"; mv "$2.moving" "$2"${MOVING.end}`,
  // It ends when nothing more fits.
  'fill-service': `${IS_LIMITED} dd if=/dev/zero of="$2/.flotilla-ballast" bs=1M oflag=append conv=notrunc 2>/dev/null || true
    [ "$(df --output=avail "$2" | tail -n 1 | tr -d ' ')" = 0 ]`,
  'free-service': 'rm -f "$2/.flotilla-ballast"',
} as const satisfies Readonly<Record<ServiceFault['kind'], string>>;

/** Causes a fault of one service on one server. Throws SANDBOX_UNKNOWN_TARGET when it is not there, SANDBOX_FAULT_FAILED. */
export async function strikeService(strike: Strike<ServiceFault>): Promise<void> {
  const { options, fault } = strike;
  const { name } = findServer(strike, fault.server);
  const words = [`${SERVICE_LABEL}=${fault.service}`, paths.data(options.environment, fault.service), extraOf(fault)];
  const exitCode = await inServer(strike, { container: name, script: FIND + SCRIPTS[fault.kind], words }, [NOT_FOUND]);
  if (exitCode !== NOT_FOUND) return;
  const known = await servicesOn(options.runner, name);
  throw new FlotillaError('SANDBOX_UNKNOWN_TARGET', { target: `${fault.service} on ${fault.server}`, known });
}

/** Empty where a fault adds nothing. */
function extraOf(fault: ServiceFault): string {
  switch (fault.kind) {
    case 'kill-service':
      return fault.restarts ? '' : 'no-restart';
    case 'limit-service':
      return String(fault.sizeMiB);
    case 'corrupt-service':
      return fault.path ?? '';
    default:
      return '';
  }
}

async function servicesOn(runner: CommandRunner, container: string): Promise<readonly string[]> {
  const format = `{{.Label "${SERVICE_LABEL}"}}`;
  const argv = ['docker', 'exec', container, 'docker', 'ps', '-a', '--format', format] as const;
  const { stdout } = await runner.run({ argv, timeoutMs: 20_000 });
  return [...new Set(stdout.split('\n').filter((line) => line !== ''))].toSorted();
}
