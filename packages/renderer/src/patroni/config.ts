import { DEFAULT_RTO_MS, votersOf } from '@flotilla/model';
import type { ServiceOfKind } from '@flotilla/model';

import { configPath } from '../draft.ts';
import { placedOn } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { RUN_MOUNT } from '../guarded.ts';
import { openAccess } from '../postgres/access.ts';
import { REPLICATION_ROLE } from '../postgres/roles.ts';
import { tunePostgres } from '../postgres/tuning.ts';
import type { Tuning } from '../postgres/tuning.ts';
import { headerLine, hostCidr, hostPort } from '../text.ts';
import { formatYaml } from '../yaml.ts';
import type { YamlValue } from '../yaml.ts';
import { splitParameters } from './parameters.ts';
import { patroniTimers } from './timers.ts';

type Postgres = ServiceOfKind<'postgres'>;

/** Port of Patroni's REST interface, inside its container and on the server's address. */
export const PATRONI_PORT = 8008;
/** Port of etcd for clients. */
export const ETCD_CLIENT_PORT = 2379;
export const DATA_MOUNT = '/var/lib/postgresql/data';
export const PGDATA = `${DATA_MOUNT}/pgdata`;
const ENGINE_PORT = 5432;
/** Lag behind what the lost primary said last, past which a replica does not take over by itself: 16 MiB. */
const MOST_LAG_BYTES = 16 * 2 ** 20;

/** Patroni's files on one member, by what a change of each costs. */
export type PatroniFiles = {
  /** Identity, ways, and settings that only a restart applies. */
  readonly node: string;
  /** Who may connect, and settings that are re-read. */
  readonly live: string;
  /** How the first member makes the cluster. */
  readonly bootstrap: string;
  /** What all members agree on and etcd keeps: settings, nearly all of which only a restart applies. */
  readonly sharedRestart: string;
  /** The same: timers and replication modes. Put together, both are one document. */
  readonly sharedLive: string;
};

/** Gives Patroni's configuration on one member. Passwords are left out: the wrapper passes them as variables. */
export function patroniFiles(fleet: Fleet, place: Place, service: Postgres): PatroniFiles {
  const title = headerLine(fleet.environment.environment, `${place.service} on ${place.server}`);
  const text = (document: { readonly [key: string]: YamlValue }) => `${title}\n${formatYaml(document)}`;
  const tuning = tuningOf(fleet, place, service);
  const restart = splitParameters(tuning.restart);
  const reload = splitParameters(tuning.reload);
  return {
    node: text(nodeConfig(fleet, place, { service, parameters: restart.local })),
    live: text({
      postgresql: {
        parameters: { ...reload.local, wal_retrieve_retry_interval: '1s' },
        pg_hba: accessOf(fleet, place, service),
      },
    }),
    bootstrap: text(BOOTSTRAP),
    sharedRestart: text({ postgresql: { use_slots: true, parameters: { ...restart.shared, ...reload.shared } } }),
    sharedLive: text(sharedSettings(service)),
  };
}

/** The name under which Patroni keeps a service in etcd. */
function patroniScope(environment: string, service: string): string {
  return `${environment}-${service}`;
}

/** A replica refuses to start with fewer workers or connections than its primary had, so the smallest member counts for all. */
function tuningOf(fleet: Fleet, place: Place, service: Postgres): Tuning {
  const cpus = [...placedOn(fleet, place.service)].map((server) => fleet.environment.servers[server]?.cpus ?? 1);
  return tunePostgres(service, { memoryBytes: service.memory, cpus: service.cpus ?? Math.min(...cpus) });
}

type NodeParts = { readonly service: Postgres; readonly parameters: Readonly<Record<string, YamlValue>> };

function nodeConfig(fleet: Fleet, place: Place, { service, parameters }: NodeParts): Record<string, YamlValue> {
  const voters = votersOf(service).flatMap((server) => fleet.hosts.get(server) ?? []);
  return {
    scope: patroniScope(fleet.environment.environment, place.service),
    name: place.server,
    restapi: { listen: `0.0.0.0:${PATRONI_PORT}`, connect_address: hostPort(place.host, PATRONI_PORT) },
    etcd3: { hosts: voters.map((host) => hostPort(host, ETCD_CLIENT_PORT)) },
    // A container has no watchdog device; what stands in for it is the wrapper's own.
    watchdog: { mode: 'off' },
    postgresql: {
      listen: `0.0.0.0:${ENGINE_PORT}`,
      connect_address: hostPort(place.host, service.port),
      data_dir: PGDATA,
      pgpass: '/run/patroni/pgpass',
      use_unix_socket: true,
      use_unix_socket_repl: true,
      // Patroni asks for a rewind where histories part: ours keeps the old data and clones anew.
      use_pg_rewind: true,
      bin_name: { pg_rewind: configPath('keep-and-clone.sh') },
      authentication: {
        superuser: { username: 'postgres' },
        replication: { username: REPLICATION_ROLE },
        rewind: { username: REPLICATION_ROLE },
      },
      basebackup: [{ checkpoint: 'fast' }],
      parameters: { ...parameters, unix_socket_directories: `/var/run/postgresql,${RUN_MOUNT}` },
    },
  };
}

/** Patroni asks a primary whether it is one before it copies from it: hence the members' lines beside those of replication. */
function accessOf(fleet: Fleet, place: Place, service: Postgres): readonly string[] {
  const lines = openAccess(fleet, place, service).trimEnd().split('\n').slice(1);
  const members = [...placedOn(fleet, place.service)].filter((server) => server !== place.server).sort();
  return [
    ...lines,
    `local replication ${REPLICATION_ROLE} scram-sha-256`,
    ...members.map(
      (server) => `host postgres ${REPLICATION_ROLE} ${hostCidr(fleet.hosts.get(server) ?? '')} scram-sha-256`,
    ),
  ];
}

const BOOTSTRAP = {
  bootstrap: {
    initdb: ['data-checksums', { 'auth-host': 'scram-sha-256' }, { 'auth-local': 'peer' }],
    post_bootstrap: configPath('finish-cluster.sh'),
  },
} as const;

function sharedSettings(service: Postgres): Record<string, YamlValue> {
  return {
    ...patroniTimers(service.rto ?? DEFAULT_RTO_MS.patroni),
    maximum_lag_on_failover: MOST_LAG_BYTES,
    check_timeline: true,
    // A dead database process hands over at once when there is who can take it.
    primary_start_timeout: 0,
    // Without etcd the primary goes on only while every member tells it that it knows of no other.
    failsafe_mode: true,
    synchronous_mode: service.synchronous !== undefined,
    synchronous_mode_strict: service.synchronous === 'strict',
    synchronous_node_count: 1,
  };
}
