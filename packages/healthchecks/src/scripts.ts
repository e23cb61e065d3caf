/*
 * One round trip per gate: the server asks itself until `rise` good answers in a row came or the grace is over.
 * $1 Compose project, $2 rise, $3 seconds between two questions, $4 seconds of grace; the rest is the probe's own.
 * Prints `ok OUTPUT` or `bad OUTPUT` per question, then, when it did not become well, `logs` and the last lines of each container.
 */
const BEGIN = `project=$1 rise=$2 interval=$3 grace=$4
shift 4
containers() { docker ps -aq --no-trunc --filter "label=com.docker.compose.project=$project"; }
`;

const LOOP = `
ends=$(( $(date +%s) + grace ))
good=0
while :; do
  if output=$(probe "$@" 2>&1); then good=$(( good + 1 )); word=ok; else good=0; word=bad; fi
  printf '%s %s\\n' "$word" "$(printf '%s' "$output" | tr '\\n\\r' '  ' | tail -c 500)"
  [ "$good" -lt "$rise" ] || exit 0
  [ "$(date +%s)" -lt "$ends" ] || break
  sleep "$interval"
done
echo logs
for id in $(containers); do docker logs --tail 10 "$id" 2>&1; done
exit 0
`;

/** $1 host, or the name of a service whose container publishes nothing; $2 port, $3 path, $4 seconds an answer may take. */
export const HTTP_PROBE = `${BEGIN}
probe() {
  host=$1
  case $host in
    *[!0-9.]*) case $host in
      *:*) host="[$host]" ;;
      *) id=$(containers | head -n 1)
         [ -n "$id" ] || { echo 'no container'; return 1; }
         host=$(docker inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' "$id" | cut -d' ' -f1)
         [ -n "$host" ] || { echo 'the container has no address'; return 1; } ;;
    esac ;;
  esac
  code=$(curl -sS -g -o /dev/null -w '%{http_code}' --max-time "$4" "http://$host:$2$3" 2>&1) || { echo "$code"; return 1; }
  echo "HTTP $code"
  case $code in 2??) return 0 ;; *) return 1 ;; esac
}
${LOOP}`;

/** $1 seconds that every container of the project must have been up. */
export const CONTAINER_PROBE = `${BEGIN}
probe() {
  ids=$(containers)
  [ -n "$ids" ] || { echo 'no container'; return 1; }
  now=$(date +%s)
  for id in $ids; do
    set -- "$1" $(docker inspect -f '{{.State.Status}} {{.State.StartedAt}} {{.RestartCount}} {{.State.ExitCode}} {{with .State.Health}}{{.Status}}{{else}}none{{end}}' "$id")
    [ "$2" = running ] || { echo "$2, exit code $5, $4 restarts"; return 1; }
    up=$(( now - $(date -d "$3" +%s) ))
    [ "$up" -ge "$1" ] || { echo "up for $up s, $4 restarts"; return 1; }
    case $6 in none | healthy) ;; *) echo "health $6"; return 1 ;; esac
  done
  echo running
}
${LOOP}`;

/** $1 port of the guard, $2 service. A replica counts while it streams, however far behind: catching up is no fault of the release. */
export const GUARD_PROBE = `${BEGIN}
probe() {
  base=http://127.0.0.1:$1/$2
  ask() { curl -fsS -o /dev/null --max-time 3 "$base/$1" 2>/dev/null; }
  if ask primary; then echo primary; return 0; fi
  if ask 'replica?lag=9000000000'; then echo replica; return 0; fi
  status=$(curl -sS --max-time 3 "$base/status" 2>&1)
  reason=$(printf '%s' "$status" | sed -n 's/.*"verdict":{"kind":"\\([a-z]*\\)","reason":"\\([^"]*\\)".*/\\1: \\2/p')
  [ -n "$reason" ] || reason=$(printf '%s' "$status" |
    sed -n 's/.*"verdict":{"kind":"yielded","to":"\\([a-z-]*\\)"}.*"engine":{"state":"\\([a-z]*\\)","role":"\\([a-z]*\\)".*/\\1 decides: \\2, role \\3/p')
  echo "\${reason:-$status}"
  return 1
}
${LOOP}`;
