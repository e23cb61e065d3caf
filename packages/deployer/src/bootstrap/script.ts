/** Runs the words that follow as root: directly, or through sudo without a password. */
export const AS_ROOT = 'if [ "$(id -u)" = 0 ]; then exec "$@"; else exec sudo -n "$@"; fi';

/**
 * First contact, on Debian and Ubuntu. $1 environment, $2 deploy user, $3 its public key, $4 name of the network, then subnets to
 * try for it. Prints `changed WHAT` for what it did and `hostkey FINGERPRINT`; run again, it changes nothing.
 */
export const BOOTSTRAP = `set -eu
environment=$1 user=$2 key=$3 network=$4
shift 4
changed() { echo "changed $*"; }
export DEBIAN_FRONTEND=noninteractive
missing=
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }
need docker docker.io
need curl curl
need sudo sudo
need bash bash
need flock util-linux
compose=
if ! docker compose version >/dev/null 2>&1; then compose=yes; fi
if [ -n "$missing$compose" ]; then
  apt-get update -qq >&2
  if [ -n "$compose" ]; then
    for package in docker-compose-v2 docker-compose-plugin docker-compose; do
      if apt-cache show "$package" >/dev/null 2>&1; then missing="$missing $package"; break; fi
    done
  fi
  apt-get install -y -qq --no-install-recommends $missing >&2
  changed "packages:$missing"
fi
if [ ! -e /etc/docker/daemon.json ]; then
  mkdir -p /etc/docker
  echo '{ "live-restore": true, "log-driver": "json-file", "log-opts": { "max-file": "3", "max-size": "10m" } }' >/etc/docker/daemon.json
  systemctl reload docker 2>/dev/null || true
  changed /etc/docker/daemon.json
fi
docker info >/dev/null 2>&1 || { systemctl enable --now docker >&2; changed 'docker is started'; }
if ! id "$user" >/dev/null 2>&1; then
  useradd --create-home --shell /bin/bash --password '*' "$user"
  changed "user $user"
fi
if ! id -nG "$user" | tr ' ' '\\n' | grep -qx docker; then usermod -aG docker "$user"; changed "$user is in group docker"; fi
rule="$user ALL=(ALL) NOPASSWD: ALL"
if [ "$(cat "/etc/sudoers.d/$user" 2>/dev/null || true)" != "$rule" ]; then
  echo "$rule" >"/etc/sudoers.d/.$user.new"
  chmod 440 "/etc/sudoers.d/.$user.new"
  visudo -cqf "/etc/sudoers.d/.$user.new"
  mv "/etc/sudoers.d/.$user.new" "/etc/sudoers.d/$user"
  changed "$user may use sudo"
fi
home=$(getent passwd "$user" | cut -d: -f6)
keys=$home/.ssh/authorized_keys
if ! grep -qxF "$key" "$keys" 2>/dev/null; then
  install -d -m 700 -o "$user" -g "$user" "$home/.ssh"
  printf '%s\\n' "$key" >>"$keys"
  chmod 600 "$keys"
  chown "$user:$user" "$keys"
  changed "key of $user"
fi
entry="d /run/flotilla 0755 $user $user -"
if [ "$(cat /etc/tmpfiles.d/flotilla.conf 2>/dev/null || true)" != "$entry" ]; then
  echo "$entry" >/etc/tmpfiles.d/flotilla.conf
  changed /etc/tmpfiles.d/flotilla.conf
fi
for folder in /var/lib/flotilla "/var/lib/flotilla/$environment" /run/flotilla; do
  if [ "$(stat -c %U "$folder" 2>/dev/null || true)" != "$user" ]; then
    install -d -m 755 -o "$user" -g "$user" "$folder"
    changed "$folder"
  fi
done
if ! docker network inspect "$network" >/dev/null 2>&1; then
  made=
  for subnet in "$@"; do
    if docker network create --subnet "$subnet" "$network" >/dev/null 2>&1; then made=$subnet; break; fi
  done
  [ -n "$made" ] || { echo "no free subnet for network $network among: $*" >&2; exit 1; }
  changed "network $network $made"
fi
for key in /etc/ssh/ssh_host_*_key.pub; do
  [ ! -f "$key" ] || echo "hostkey $(ssh-keygen -lf "$key")"
done
`;
