import { printable } from '@flotilla/exec';
import type { RemoteFleet, RemoteServer } from '@flotilla/exec';
import { GUARD_PORT } from '@flotilla/model';
import type { DatabaseKind } from '@flotilla/model';

import { rootScript } from './as-root.ts';
import type { GuardedTarget } from './observe.ts';

const TIMEOUT_MS = 20_000;

const PORTS: Readonly<Record<DatabaseKind, number>> = { postgres: 5432, mysql: 3306, mariadb: 3306, redis: 6379 };

/**
 * A table of our own, made anew from the folder of isolated servers, before connection tracking so that established connections end as
 * well. A unit loads it at boot, before the network is up.
 */
const REBUILD = `
folder=/etc/flotilla/fence rules=/etc/flotilla/fence.nft unit=/etc/systemd/system/flotilla-fence.service
wanted=/etc/systemd/system/sysinit.target.wants/flotilla-fence.service
rebuild() {
  v4= v6=
  for file in "$folder"/*; do
    [ -f "$file" ] || continue
    while read -r address; do
      case $address in '') ;; *:*) v6="$v6\${v6:+, }$address" ;; *) v4="$v4\${v4:+, }$address" ;; esac
    done <"$file"
  done
  {
    printf 'table inet flotilla_fence\\ndelete table inet flotilla_fence\\n'
    [ -z "$v4$v6" ] || {
      printf 'table inet flotilla_fence {\\n'
      for hook in prerouting input forward output; do
        printf '  chain %s {\\n    type filter hook %s priority -300; policy accept;\\n' "$hook" "$hook"
        for way in saddr daddr; do
          [ -z "$v4" ] || printf '    ip %s { %s } drop\\n' "$way" "$v4"
          [ -z "$v6" ] || printf '    ip6 %s { %s } drop\\n' "$way" "$v6"
        done
        printf '  }\\n'
      done
      printf '}\\n'
    }
  } >"$rules.new"
  nft -f "$rules.new" || return 1
  mv "$rules.new" "$rules"
  if [ -z "$v4$v6" ]; then rm -f "$wanted" "$unit" "$rules"; sync; return 0; fi
  printf '%s\\n' '[Unit]' 'Description=Isolation of fenced servers' 'DefaultDependencies=no' 'Before=network-pre.target docker.service' \\
    'Wants=network-pre.target' '[Service]' 'Type=oneshot' 'RemainAfterExit=yes' "ExecStart=/usr/sbin/nft -f $rules" >"$unit"
  mkdir -p "\${wanted%/*}" && ln -sfn "$unit" "$wanted"
  sync
}
`;

/** $1 server, $2 its address, then ports. Isolates it and prints \`isolated\` when none of the ports can be reached any more. */
const ISOLATE = `set -u
${REBUILD}
server=$1 address=$2
shift 2
mkdir -p "$folder" || exit 1
printf '%s\\n' "$address" >"$folder/$server" && rebuild || exit 1
nft list table inet flotilla_fence | grep -qF "$address" || { echo 'the rules are not in force' >&2; exit 1; }
for port; do
  if timeout 1 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$port" 2>/dev/null; then echo "port $port still answers" >&2; exit 1; fi
done
echo isolated
`;

/** $1 server. */
const LIFT = `set -u
${REBUILD}
[ -f "$folder/$1" ] || { echo none; exit 0; }
rm -f "$folder/$1" && rebuild || exit 1
echo lifted
`;

/** Whether every other server dropped the addresses of one, and what each of those that did not says. */
export type Isolation = { readonly isolated: readonly string[]; readonly failed: readonly string[] };

/**
 * Drops the addresses of a server on every other one, for good, and has each try to reach its guard and its engine. May be repeated. It
 * proves the server to be out only when `failed` is empty: one that did not take part may still pass its clients on.
 */
export async function isolate(fleet: RemoteFleet, target: GuardedTarget, server: string): Promise<Isolation> {
  const { host } = fleet.server(server);
  const ports = [GUARD_PORT, target.port ?? PORTS[target.kind]].map(String);
  const others = fleet.servers.filter(({ name }) => name !== server);
  const argv = rootScript(ISOLATE, [server, host, ...ports]);
  const answers = await Promise.all(others.map((other) => ask(other, argv, 'isolated')));
  return split(answers);
}

/** Takes the isolation of a server back on every other one; gives those that had it. Those that do not answer are in `failed`. */
export async function liftIsolation(fleet: RemoteFleet, server: string): Promise<Isolation> {
  const others = fleet.servers.filter(({ name }) => name !== server);
  const argv = rootScript(LIFT, [server]);
  return split(await Promise.all(others.map((other) => ask(other, argv, 'lifted'))));
}

type Answer = { readonly server: string; readonly isDone: boolean; readonly failure?: string };

async function ask(remote: RemoteServer, argv: readonly [string, ...string[]], word: string): Promise<Answer> {
  const result = await remote.run({ argv, timeoutMs: TIMEOUT_MS });
  const said = result.stdout.trim();
  if (result.exitCode === 0) return { server: remote.name, isDone: said === word };
  const failure = printable(result.stderr).trim().split('\n').at(-1) ?? '';
  return { server: remote.name, isDone: false, failure: failure || 'no answer' };
}

function split(answers: readonly Answer[]): Isolation {
  return {
    isolated: answers.filter(({ isDone }) => isDone).map(({ server }) => server),
    failed: answers.flatMap(({ server, failure }) => (failure === undefined ? [] : [`${server}: ${failure}`])),
  };
}

/** Gives the servers on which another one is isolated. Those that do not answer are left out. */
export async function isolatedOn(fleet: RemoteFleet, server: string): Promise<readonly string[]> {
  const others = fleet.servers.filter(({ name }) => name !== server);
  const argv = ['test', '-f', `/etc/flotilla/fence/${server}`] as const;
  const answers = await Promise.all(
    others.map(async (other) => ((await other.run({ argv, timeoutMs: 5_000 })).exitCode === 0 ? [other.name] : [])),
  );
  return answers.flat();
}
