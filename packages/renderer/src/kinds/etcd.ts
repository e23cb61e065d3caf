import { controlOf, ETCD_UNIT, paths, votersOf } from '@flotilla/model';
import type { Health } from '@flotilla/model';

import type { UnitDraft } from '../draft.ts';
import type { Fleet, Place } from '../fleet.ts';
import { ETCD_CLIENT_PORT } from '../patroni/config.ts';
import { hostPort } from '../text.ts';

/** The etcd that Patroni's voters run unless `images.etcd` names another. */
const DEFAULT_ETCD_IMAGE = 'quay.io/coreos/etcd:v3.5.16';

const PEER_PORT = 2380;
const DATA_MOUNT = '/var/lib/etcd';
const MEMORY_BYTES = 256 * 2 ** 20;
const STOP_GRACE_MS = 10_000;
/** Answers 200 while the voters have a leader; the first of them waits for the second. */
const HEALTH: Health = { http: '/health', interval: 1_000, timeout: 3_000, fall: 3, rise: 1, grace: 120_000 };

/** Gives the servers that carry etcd: the voters of every service that Patroni decides; sorted by name. */
export function etcdServers(fleet: Fleet): readonly string[] {
  const voters = fleet.databases.flatMap(([, service]) =>
    service.kind === 'postgres' && controlOf(service) === 'patroni' ? votersOf(service) : [],
  );
  return [...fleet.hosts.keys()].filter((server) => voters.includes(server));
}

/** Gives the unit of etcd on one voter; every Patroni of the environment shares it. */
export function draftEtcd(fleet: Fleet, { server, host }: Pick<Place, 'server' | 'host'>): UnitDraft {
  const environment = fleet.environment.environment;
  const data = paths.data(environment, ETCD_UNIT);
  return {
    unit: {
      server,
      service: ETCD_UNIT,
      kind: 'etcd',
      tier: 'platform',
      image: fleet.environment.images.etcd ?? DEFAULT_ETCD_IMAGE,
      publishes: [ETCD_CLIENT_PORT, PEER_PORT].map((port) => ({ address: host, port, containerPort: port })),
      memoryBytes: MEMORY_BYTES,
      cpus: undefined,
      gates: [{ kind: 'http', host, port: ETCD_CLIENT_PORT, path: HEALTH.http, health: HEALTH }],
      secretEnv: [],
      secretFiles: [],
      directories: [data],
    },
    container: {
      network: { kind: 'shared', alias: ETCD_UNIT },
      environment: etcdSettings(fleet, { server, host }),
      mounts: [`${data}:${DATA_MOUNT}`],
      stopGraceMs: STOP_GRACE_MS,
    },
    files: [],
  };
}

/**
 * The election takes ten heartbeats: a leader that writes slower than that is no use to Patroni either. A member whose disk was
 * replaced is refused by the others under its old identity, and stays down until a rejoin removes and adds it: it never votes twice.
 */
function etcdSettings(
  fleet: Fleet,
  { server, host }: Pick<Place, 'server' | 'host'>,
): Readonly<Record<string, string>> {
  const environment = fleet.environment.environment;
  const members = etcdServers(fleet).map(
    (name) => `${name}=http://${hostPort(fleet.hosts.get(name) ?? '', PEER_PORT)}`,
  );
  return {
    ETCD_NAME: server,
    ETCD_DATA_DIR: `${DATA_MOUNT}/member.etcd`,
    ETCD_LISTEN_CLIENT_URLS: `http://0.0.0.0:${ETCD_CLIENT_PORT}`,
    ETCD_ADVERTISE_CLIENT_URLS: `http://${hostPort(host, ETCD_CLIENT_PORT)}`,
    ETCD_LISTEN_PEER_URLS: `http://0.0.0.0:${PEER_PORT}`,
    ETCD_INITIAL_ADVERTISE_PEER_URLS: `http://${hostPort(host, PEER_PORT)}`,
    ETCD_INITIAL_CLUSTER: members.join(','),
    ETCD_INITIAL_CLUSTER_STATE: 'new',
    ETCD_INITIAL_CLUSTER_TOKEN: environment,
    ETCD_HEARTBEAT_INTERVAL: '100',
    ETCD_ELECTION_TIMEOUT: '1000',
    // Refuses to start over damaged data instead of answering from them.
    ETCD_EXPERIMENTAL_INITIAL_CORRUPT_CHECK: 'true',
    ETCD_AUTO_COMPACTION_MODE: 'periodic',
    ETCD_AUTO_COMPACTION_RETENTION: '1h',
    ETCD_QUOTA_BACKEND_BYTES: String(512 * 2 ** 20),
    ETCD_LOG_LEVEL: 'warn',
  };
}
