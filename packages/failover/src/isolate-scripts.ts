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

/**
 * $1 server, $2 its address, $3 this attempt, then ports. Isolates it and prints \`isolated\` when none of the ports can be reached any more.
 * Who isolated it first is remembered, so that an attempt that fails takes back its own rules and no older ones.
 */
export const ISOLATE = `set -u
${REBUILD}
server=$1 address=$2 attempt=$3
shift 3
mkdir -p "$folder" || exit 1
[ -f "$folder/$server" ] || printf '%s\\n' "$attempt" >"$folder/.$server.attempt" || exit 1
# Its time says since when.
[ "$(cat "$folder/$server" 2>/dev/null)" = "$address" ] || printf '%s\\n' "$address" >"$folder/$server" || exit 1
rebuild || exit 1
nft list table inet flotilla_fence | grep -qF "$address" || { echo 'the rules are not in force' >&2; exit 1; }
for port; do
  if timeout 1 bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$address" "$port" 2>/dev/null; then echo "port $port still answers" >&2; exit 1; fi
done
echo isolated
`;

/** $1 server, $2 attempt. Takes the isolation back when that attempt began it. */
export const UNDO = `set -u
${REBUILD}
if [ "$(cat "$folder/.$1.attempt" 2>/dev/null)" != "$2" ]; then
  if [ -f "$folder/$1" ]; then echo stays; else echo none; fi
  exit 0
fi
rm -f "$folder/$1" && rebuild && rm -f "$folder/.$1.attempt" || exit 1
echo lifted
`;

/** $1 server. */
export const LIFT = `set -u
${REBUILD}
[ -f "$folder/$1" ] || { echo none; exit 0; }
rm -f "$folder/$1" "$folder/.$1.attempt" && rebuild || exit 1
echo lifted
`;

/** Prints \`server seconds\` of each server that is isolated here, with the time since when. */
export const LIST_ISOLATED = `for file in /etc/flotilla/fence/*; do
  [ ! -f "$file" ] || stat -c '%n %Y' "$file" | sed 's|.*/||'
done`;
