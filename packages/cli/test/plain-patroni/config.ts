/** Names of the two members on the network of a run. */
export const MEMBERS = ['one', 'two'] as const;

export type Member = (typeof MEMBERS)[number];

const PASSWORD = 'plain';

/** Where the client connects: the address of the balancer. */
export function clientOf(host: string) {
  return {
    host,
    port: 5000,
    user: 'postgres',
    password: PASSWORD,
    database: 'postgres',
    connectionTimeoutMillis: 1_500,
  };
}

/** Gives the configuration of one member as Patroni's own examples have it: no timer is named, so that each is the default. */
export function patroniConfig(name: Member): string {
  const login = (username: string) => ({ username, password: PASSWORD });
  return JSON.stringify({
    scope: 'plain',
    name,
    restapi: { listen: '0.0.0.0:8008', connect_address: `${name}:8008` },
    etcd3: { hosts: ['etcd:2379'] },
    bootstrap: { dcs: { postgresql: { use_pg_rewind: true } }, initdb: [{ encoding: 'UTF8' }, 'data-checksums'] },
    postgresql: {
      listen: '0.0.0.0:5432',
      connect_address: `${name}:5432`,
      data_dir: '/var/lib/postgresql/data/pgdata',
      pgpass: '/tmp/pgpass',
      authentication: { superuser: login('postgres'), replication: login('replicator'), rewind: login('rewinder') },
      pg_hba: [
        'local all all trust',
        'host replication replicator all scram-sha-256',
        'host all all all scram-sha-256',
      ],
    },
  });
}

/** Gives the balancer's configuration with the checks of Patroni's example: every 3 s, out after three, in after two. */
export function balancerConfig(): string {
  return [
    'defaults',
    '  mode tcp',
    '  timeout connect 4s',
    '  timeout client 30m',
    '  timeout server 30m',
    '  timeout check 5s',
    'listen primary',
    '  bind :5000',
    '  option httpchk OPTIONS /primary',
    '  http-check expect status 200',
    '  default-server inter 3s fall 3 rise 2 on-marked-down shutdown-sessions',
    ...MEMBERS.map((name) => `  server ${name} ${name}:5432 maxconn 100 check port 8008`),
    '',
  ].join('\n');
}
