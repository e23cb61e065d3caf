#!/bin/sh
# Runs the Patroni of this server; see packages/guard/README.md. Patroni decides who is primary. What is decided here: an empty disk is
# initialised once and only where it is allowed, passwords come from the secret files, and no primary outlives its lease unwatched.
set -u
run=${FLOTILLA_RUN:-/run/flotilla/guard}
conf=${FLOTILLA_CONF:-/flotilla/current}
secrets=${FLOTILLA_SECRETS:-/secrets}
state=/run/patroni
home=$(dirname "$PGDATA")
patroni='' watch='' share=''

say() { printf '{"from":"wrapper","service":"%s","message":"%s"}\n' "$FLOTILLA_SERVICE" "$*" >&2; }
secret() { cat "$secrets/$FLOTILLA_SERVICE-$1"; }
has_data() { [ -f "$PGDATA/PG_VERSION" ]; }

# What all members share is kept in etcd: there it is replaced as a whole, so that a setting that was removed is gone.
shared() { cat "$conf"/shared/*.yaml; }

place_config() {
  rm -f "$state"/config/*
  cp "$conf"/config/*.yaml "$state/config/"
  # Without the order to begin, an empty disk waits for a leader to copy from, even when etcd has forgotten everything.
  if [ -f "$home/init-allowed" ] && ! has_data; then
    { cat "$conf/bootstrap.yaml"; echo '  dcs:'; shared | sed 's/^/    /'; } >"$state/config/30-bootstrap.yaml"
  fi
}

ctl() { gosu postgres patronictl -c "$state/config" "$@"; }

# Asked again until the cluster exists; the same document, and the same roles, a second time change nothing.
share_settings() {
  shared >"$state/shared.yaml"
  until ctl show-config 2>/dev/null | grep -q '^ttl:'; do sleep 5; done
  # Who copied from a leader was never to begin a cluster of its own.
  if has_data; then rm -f "$home/init-allowed" "$home/initialising"; fi
  until ctl edit-config --force --quiet --replace "$state/shared.yaml" >/dev/null; do sleep 5; done
  if [ "$(gosu postgres psql -XAtc 'SELECT pg_is_in_recovery()' postgres 2>/dev/null)" = f ]; then
    gosu postgres sh "$conf/roles.sh" >&2 || say 'the roles could not be made'
  fi
}

# The watchdog of a container: it stops a primary whose Patroni fell silent, or which was itself frozen, before anybody else may hold
# the lease. Patroni that reads etcd, or whose members vouch for it, resets the clock; so does a member that is no primary. Beside it, a
# primary's own etcd hands the leadership of etcd on: the loss of one server is to cost one election, not two after each other.
watch_lease() {
  exec python3 -u - "$FLOTILLA_LEASE" "$PGDATA/postmaster.pid" "$FLOTILLA_SERVICE" "$state/config/10-node.yaml" <<'PY'
import http.client, json, os, signal, sys, threading, time, yaml
limit, pidfile, service = float(sys.argv[1]) - 3, sys.argv[2], sys.argv[3]
with open(sys.argv[4]) as file:
    node = yaml.safe_load(file)
host = node['restapi']['connect_address'].rsplit(':', 1)[0]
own_etcd = [etcd for etcd in node['etcd3']['hosts'] if etcd.rsplit(':', 1)[0] == host]
seen, good, is_primary = None, time.monotonic(), False

def ask(address, path, body=None, timeout=5):
    connection = http.client.HTTPConnection(address, timeout=timeout)
    try:
        connection.request('GET' if body is None else 'POST', path, None if body is None else json.dumps(body))
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()

def hand_on(etcd):
    status = ask(etcd, '/v3/maintenance/status', {})
    if status['leader'] != status['header']['member_id']: return
    for member in ask(etcd, '/v3/cluster/member/list', {})['members']:
        if member['ID'] == status['leader'] or not member.get('clientURLs'): continue
        if ask(member['clientURLs'][0].split('//', 1)[1], '/health', timeout=1).get('health') != 'true': continue
        ask(etcd, '/v3/maintenance/transfer-leadership', {'targetID': member['ID']})
        return

def tend_etcd():
    while True:
        time.sleep(10)
        try:
            if is_primary and own_etcd: hand_on(own_etcd[0])
        except (OSError, ValueError, KeyError, http.client.HTTPException):
            pass

def stop(sig):
    try:
        with open(pidfile) as file:
            os.kill(int(file.readline()), sig)
        return True
    except (OSError, ValueError):
        return False

threading.Thread(target=tend_etcd, daemon=True).start()
while True:
    began = time.monotonic()
    if began - good > limit and stop(signal.SIGQUIT):
        print(json.dumps({'from': 'wrapper', 'service': service, 'message': 'no sign of the lease for %.1f s: stopped' % (began - good)}), file=sys.stderr)
        time.sleep(2)
        stop(signal.SIGKILL)
    try:
        status = ask('127.0.0.1:8008', '/primary')
        last, is_primary = status.get('dcs_last_seen'), status.get('role') == 'primary'
        if not is_primary or last != seen or status.get('failsafe_mode_is_active'):
            # An answer is as old as the question.
            seen, good = last, began
    except (OSError, ValueError, http.client.HTTPException):
        if not os.path.exists(pidfile):
            good = began
    time.sleep(0.25)
PY
}

end() {
  trap '' TERM INT HUP
  [ -z "$patroni" ] || { kill -TERM "$patroni" 2>/dev/null; wait "$patroni"; }
  kill $watch $share 2>/dev/null
  exit "${1:-0}"
}
reload() {
  place_config
  kill -HUP "$patroni"
  [ -z "$share" ] || kill "$share" 2>/dev/null
  share_settings & share=$!
}
trap 'end 0' TERM INT
trap 'reload' HUP

mkdir -p "$state/config" "$home"
echo $$ >"$state/wrapper.pid"
chown postgres "$home" "$state" && chgrp postgres "$run" && chmod 1775 "$run"
# A container that was killed leaves its mark; nothing else of this container runs yet.
if has_data; then rm -f "$PGDATA/postmaster.pid"; fi
# A cluster whose making was interrupted holds nobody's data: its last step removes both marks.
if [ -f "$home/init-allowed" ] && [ -f "$home/initialising" ] && [ -e "$PGDATA" ]; then mv "$PGDATA" "$home/pgdata.half-made-$$"; fi
place_config
if [ -f "$state/config/30-bootstrap.yaml" ]; then : >"$home/initialising"; sync; say 'the disk is empty and may be initialised'; fi

run_patroni() {
  PATRONI_SUPERUSER_PASSWORD=$(secret superuser) PATRONI_REPLICATION_PASSWORD=$(secret replication)
  PATRONI_REWIND_PASSWORD=$PATRONI_REPLICATION_PASSWORD
  PATRONI_RESTAPI_USERNAME=flotilla PATRONI_RESTAPI_PASSWORD=$(secret guard)
  export PATRONI_SUPERUSER_PASSWORD PATRONI_REPLICATION_PASSWORD PATRONI_REWIND_PASSWORD PATRONI_RESTAPI_USERNAME PATRONI_RESTAPI_PASSWORD
  exec gosu postgres patroni "$state/config"
}
run_patroni & patroni=$!
watch_lease & watch=$!
share_settings & share=$!

while :; do
  # A signal ends the wait before Patroni has ended.
  wait "$patroni"; ended=$?
  kill -0 "$patroni" 2>/dev/null && continue
  say "patroni ended with $ended"
  patroni=''
  end 1
done
