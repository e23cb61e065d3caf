/*
 * One round trip that reads everything a deploy must know of a server. It changes nothing. Every line it prints begins with the
 * name of its section and a tab, so that no content can be taken for another section; a section that cannot be read is left out.
 * $1 root folder of the environment, $2 its name, $3 port of the guard, $4 port of the balancer's runtime interface or `none`;
 * the rest: guarded services.
 */
export const OBSERVE = `root=$1 environment=$2 guard=$3 runtime=$4
shift 4
tab=$(printf '\\t')
tagged() { sed "s/^/$1$tab/"; }
line() { printf '%s\\t%s\\n' "$1" "$2"; }
line boot "$(cat /proc/sys/kernel/random/boot_id)"
place=$root
while [ ! -d "$place" ]; do place=$(dirname "$place"); done
line free "$(df -B1 --output=avail "$place" | tail -n 1 | tr -d ' ')"
[ ! -f "$root/hold" ] || line hold "$(head -n 1 "$root/hold")"
if [ -d "$root/lock" ]; then
  line lock "$(head -n 1 "$root/lock/owner.json" 2>/dev/null)"
  [ "$(cat "$root/lock/expires" 2>/dev/null || echo 0)" -gt "$(date +%s)" ] || line lock-expired yes
fi
[ ! -f "$root/journal.jsonl" ] || tail -n 40 "$root/journal.jsonl" | tagged journal
for folder in "$root"/services/*/; do
  [ -d "$folder" ] || continue
  service=$(basename "$folder")
  line unit "$service"
  [ ! -f "$folder/applied" ] || line applied "$service $(head -n 1 "$folder/applied")"
  [ ! -f "$folder/failed" ] || line failed "$service $(head -n 1 "$folder/failed")"
  [ ! -L "$folder/current" ] || line current "$service $(basename "$(readlink "$folder/current")")"
  for release in "$folder"releases/*/; do [ ! -d "$release" ] || line release "$service $(basename "$release")"; done
  if [ -f "$folder/applied" ]; then
    definition=$folder/releases/$(head -n 1 "$folder/applied").json
    [ ! -f "$definition" ] || line definition "$(head -n 1 "$definition")"
  fi
done
docker ps -a --no-trunc --filter "label=flotilla.environment=$environment" --format \\
  '{"id":{{json .ID}},"name":{{json .Names}},"image":{{json .Image}},"state":{{json .State}},"status":{{json .Status}},"service":{{json (.Label "flotilla.service")}},"runHash":{{json (.Label "flotilla.run-hash")}},"secretsHash":{{json (.Label "flotilla.secrets-hash")}}}' \\
  2>/dev/null | tagged container
if [ "$runtime" != none ]; then
  timeout 3 bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0 && echo "show servers state" >&3 && cat <&3' "$runtime" 2>/dev/null | tagged edge
fi
for service in "$@"; do
  status=$(curl -fsS --max-time 3 "http://127.0.0.1:$guard/$service/status" 2>/dev/null) || continue
  line guard "$(printf '%s' "$status" | tr '\\n' ' ')"
done
line end ok
`;
