# What MySQL has of its own; sql-wrapper.sh goes on below.
program=mysqld client=mysql sockets=/var/run/mysqld
# Percent of the data that must be free before they are put aside for a copy.
room=110
bench=/var/lib/mysql/clone-bench

# Read-only, and for nobody but the guard. The name of the file tells who asks over the socket which start it was that answered.
serve_closed() { # name of the start
  exec gosu mysql mysqld --defaults-file="$conf/my.cnf" --datadir="$data" --socket="$socket" --pid-file="$sockets/$1.pid" \
    --super-read-only=ON --offline-mode=ON --skip-replica-start=ON
}

# The copy needs a server to pull it: one on a bench of its own, which listens to nobody and is thrown away.
copy_from() { # host, port
  rm -rf "$draft"
  lean='--no-defaults --innodb-buffer-pool-size=32M --innodb-redo-log-capacity=32M --performance-schema=OFF'
  # It takes seconds to make, so that the next try after a failed one takes it again.
  if [ ! -e "$bench/whole" ]; then
    rm -rf "$bench"
    gosu mysql mysqld $lean --initialize-insecure --datadir="$bench" || return 1
    : >"$bench/whole"
  fi
  gosu mysql mysqld $lean --datadir="$bench" --skip-networking --socket=/var/run/mysqld/bench.sock --pid-file=/var/run/mysqld/bench.pid \
    --mysqlx=OFF --skip-log-bin --plugin-load-add=clone=mysql_clone.so &
  server=$!
  trap 'kill "$server"; wait "$server"; exit 1' TERM
  ask='mysql --no-defaults --user=root --socket=/var/run/mysqld/bench.sock'
  tries=300
  until $ask -e 'SELECT 1' >/dev/null 2>&1; do
    tries=$((tries - 1))
    if ! alive "$server" || [ "$tries" = 0 ]; then break; fi
    sleep 0.1
  done
  # A background child reads its statement from a pipe, so that a signal reaches this shell between them.
  printf '%s\n' "SET GLOBAL clone_valid_donor_list = '$1:$2';" \
    "CLONE INSTANCE FROM 'flotilla_replication'@'$1':$2 IDENTIFIED BY $(literal "$secrets/$FLOTILLA_SERVICE-replication") DATA DIRECTORY = '$draft';" |
    $ask &
  wait $!; copied=$?
  kill "$server"; wait "$server"
  [ "$copied" != 0 ] || rm -rf "$bench"
  return $copied
}

