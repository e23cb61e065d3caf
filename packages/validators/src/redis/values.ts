/**
 * What the settings of Redis 8.0.2 take, by what its binary in the image `flotilla/redis` answers to a wrong value; those that Flotilla sets and
 * those that take a text are left out. A number stands with its least and its most; the most is left out where it is beyond what JavaScript
 * counts exactly. Generated. This tells it of each name that `CONFIG GET "*"` gives:
 *
 *     for value in @@ -9223372036854775807 99999999999999999; do
 *       timeout 0.4 redis-server --port 0 --save '' --dir /tmp "--$name" "$value" | grep -A4 'FATAL CONFIG' | tail -n 1
 *     done
 */
export const REDIS_VALUES = {
  bool: `
  activedefrag activerehashing always-show-logo aof-load-truncated aof-rewrite-incremental-fsync aof-timestamp-enabled
  aof-use-rdb-preamble cluster-allow-pubsubshard-when-down cluster-allow-reads-when-down
  cluster-allow-replica-migration cluster-replica-no-failover cluster-require-full-coverage cluster-slave-no-failover
  crash-log-enabled crash-memcheck-enabled disable-thp dynamic-hz hide-user-data-from-log jemalloc-bg-thread
  latency-tracking lazyfree-lazy-eviction lazyfree-lazy-expire lazyfree-lazy-server-del lazyfree-lazy-user-del
  lazyfree-lazy-user-flush no-appendfsync-on-rewrite rdb-del-sync-files rdb-save-incremental-fsync rdbchecksum
  rdbcompression repl-disable-tcp-nodelay repl-diskless-sync replica-ignore-disk-write-errors replica-ignore-maxmemory
  replica-lazy-flush replica-serve-stale-data set-proc-title slave-ignore-maxmemory slave-lazy-flush
  slave-serve-stale-data stop-writes-on-bgsave-error syslog-enabled tls-cluster tls-prefer-server-ciphers
  tls-session-caching
`,
  integer: `
  acllog-max-len:0 active-defrag-cycle-max:1:99 active-defrag-cycle-min:1:99 active-defrag-max-scan-fields:1
  active-defrag-threshold-lower:0:1000 active-defrag-threshold-upper:0:1000 active-expire-effort:1:10
  auto-aof-rewrite-percentage:0:2147483647 busy-reply-threshold:0 cluster-announce-bus-port:0:65535
  cluster-announce-port:0:65535 cluster-announce-tls-port:0:65535 cluster-compatibility-sample-ratio:0:100
  cluster-migration-barrier:0:2147483647 cluster-node-timeout:0 cluster-port:0:65535
  cluster-replica-validity-factor:0:2147483647 cluster-slave-validity-factor:0:2147483647 databases:1:2147483647
  hash-max-listpack-entries:0 hash-max-ziplist-entries:0 hz:0:2147483647 io-threads:1:128 latency-monitor-threshold:0
  lfu-decay-time:0:2147483647 lfu-log-factor:0:2147483647 list-compress-depth:0:2147483647
  list-max-listpack-size:-2147483648:2147483647 list-max-ziplist-size:-2147483648:2147483647 lua-time-limit:0
  max-new-connections-per-cycle:1:1000 max-new-tls-connections-per-cycle:1:1000 maxclients:1:4294967295
  maxmemory-eviction-tenacity:0:100 maxmemory-samples:1:64 repl-backlog-ttl:0 repl-diskless-sync-delay:0:2147483647
  repl-diskless-sync-max-replicas:0:2147483647 repl-ping-replica-period:1:2147483647
  repl-ping-slave-period:1:2147483647 repl-timeout:1:2147483647 set-max-intset-entries:0 set-max-listpack-entries:0
  set-max-listpack-value:0 shutdown-timeout:0:2147483647 slowlog-log-slower-than:-1 slowlog-max-len:0
  socket-mark-id:0:4294967295 stream-node-max-entries:0 tcp-backlog:0:2147483647 tcp-keepalive:0:2147483647
  timeout:0:2147483647 tls-session-cache-size:0:2147483647 tls-session-cache-timeout:0:2147483647
  tracking-table-max-keys:0 zset-max-listpack-entries:0 zset-max-ziplist-entries:0
`,
  size: `
  active-defrag-ignore-bytes auto-aof-rewrite-min-size client-query-buffer-limit cluster-link-sendbuf-limit
  hash-max-listpack-value hash-max-ziplist-value hll-sparse-max-bytes maxmemory proto-max-bulk-len repl-backlog-size
  replica-full-sync-buffer-limit stream-node-max-bytes zset-max-listpack-value zset-max-ziplist-value
`,
  enum: `
  acl-pubsub-default:allchannels,resetchannels appendfsync:everysec,always,no
  cluster-preferred-endpoint-type:ip,hostname,unknown-endpoint enable-debug-command:no,yes,local
  enable-module-command:no,yes,local enable-protected-configs:no,yes,local
  loglevel:debug,verbose,notice,warning,nothing
  maxmemory-policy:volatile-lru,volatile-lfu,volatile-random,volatile-ttl,allkeys-lru,allkeys-lfu,allkeys-random,noeviction
  oom-score-adj:no,yes,relative,absolute propagation-error-behavior:ignore,panic,panic-on-replicas
  repl-diskless-load:disabled,on-empty-db,swapdb sanitize-dump-payload:no,yes,clients
  syslog-facility:user,local0,local1,local2,local3,local4,local5,local6,local7 tls-auth-clients:no,yes,optional
`,
} as const;
