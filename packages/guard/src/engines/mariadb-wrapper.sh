# What MariaDB has of its own; sql-wrapper.sh goes on below.
program=mariadbd client=mariadb sockets=/run/mysqld
# Percent of the data that must be free before they are put aside for a copy: its statements stand beside it.
room=200
dump=/var/lib/mysql/copy.sql

# A session of a client ends at its first statement, because the door is none; see `DOOR` in the guard. The name of the file tells who asks over
# the socket which start it was that answered.
serve_closed() { # name of the start
  exec gosu mysql mariadbd --defaults-file="$conf/my.cnf" --datadir="$data" --socket="$socket" --pid-file="$sockets/$1.pid" \
    --read-only=ON --init-connect='closed by flotilla' --skip-slave-start
}

# A copy in statements, of one moment, by the account that streams: MariaDB has no way to fetch files from another server. It is loaded into
# new data by a server that listens to nobody. What each member wrote until that moment is told to the binary log, so that this copy can be
# compared with every other.
copy_from() { # host, port
  rm -rf "$draft" "$dump"
  lean='--no-defaults --innodb-buffer-pool-size=64M'
  options=$(mktemp) || return 1
  printf '[client]\nuser=flotilla_replication\npassword="%s"\n' "$(sed 's/\\/\\\\/g; s/"/\\"/g' "$secrets/$FLOTILLA_SERVICE-replication")" >"$options"
  trap 'kill "$child" 2>/dev/null; wait "$child"; kill "$server" 2>/dev/null; wait "$server"; exit 1' TERM
  child='' server=''
  from="--defaults-extra-file=$options --host=$1 --port=$2 --disable-ssl-verify-server-cert"
  written=$(mariadb $from --skip-column-names --batch -e 'SELECT @@GLOBAL.gtid_binlog_state') || { rm -f "$options"; return 1; }
  mariadb-dump $from --all-databases --single-transaction --master-data=1 --gtid --routines --events --triggers --flush-privileges \
    --hex-blob --default-character-set=utf8mb4 --result-file="$dump" --ignore-table=mysql.help_topic --ignore-table=mysql.help_keyword \
    --ignore-table=mysql.help_relation --ignore-table=mysql.help_category &
  child=$!
  wait "$child"; copied=$?
  rm -f "$options"
  [ "$copied" = 0 ] || { rm -f "$dump"; return 1; }
  install -d -o mysql -g mysql -m 0750 "$draft"
  mariadb-install-db $lean --user=mysql --datadir="$draft" --auth-root-authentication-method=normal --skip-test-db --skip-log-bin >/dev/null || return 1
  gosu mysql mariadbd $lean --datadir="$draft" --skip-networking --socket=/run/mysqld/draft.sock --pid-file=/run/mysqld/draft.pid \
    --log-bin=binlog --server-id=1 --skip-slave-start --innodb-flush-log-at-trx-commit=2 &
  server=$!
  ask='mariadb --no-defaults --user=root --socket=/run/mysqld/draft.sock'
  tries=300
  until $ask -e 'SELECT 1' >/dev/null 2>&1; do
    tries=$((tries - 1))
    if ! alive "$server" || [ "$tries" = 0 ]; then break; fi
    sleep 0.1
  done
  # Its own accounts and positions come with the copy, whose last statements reload them.
  $ask --init-command='SET sql_log_bin = 0' <"$dump" &
  child=$!
  wait "$child"; copied=$?
  [ "$copied" != 0 ] || settle_log "$written" || copied=1
  kill "$server"; wait "$server"
  rm -f "$dump"
  return $copied
}

# Members are told apart by what each of them wrote last; the dump tells of the newest alone.
settle_log() { # what each member had written when the copy began
  at=$(ask_draft 'SELECT @@GLOBAL.gtid_slave_pos') || return 1
  ask_draft 'RESET SLAVE ALL' && ask_draft 'RESET MASTER' || return 1
  [ -n "$at$1" ] || return 0
  # The newest of a member replaces the older one, and stands last.
  all=$(printf '%s\n' "$1,$at" | tr ',' '\n' | sed '/^$/d' | awk -F- '{ at = $1 "-" $2; if (at in last) delete last[at]; last[at] = $3; seen[at] = NR }
    END { for (at in last) print seen[at], at "-" last[at] }' | sort -n | cut -d' ' -f2 | paste -sd, -)
  ask_draft "SET GLOBAL gtid_binlog_state = '$all'" && ask_draft "SET GLOBAL gtid_slave_pos = '$at'"
}

ask_draft() { socket=/run/mysqld/draft.sock as_root --skip-column-names --batch --execute="$1"; }

