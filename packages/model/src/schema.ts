import { z } from 'zod';

import {
  cidr,
  containerPath,
  cookieName,
  databaseName,
  hostPort,
  httpPath,
  image,
  memorySize,
  name,
  noControl,
  port,
  scalar,
  serviceName,
  redisSettingName,
  settingName,
  timeOfDay,
  variableName,
  variablePrefix,
} from './schema-fields.ts';
import { server } from './schema-server.ts';
import type { power } from './schema-server.ts';
import { durationSchema, sizeSchema } from './units.ts';

const health = z.strictObject({
  http: httpPath.meta({ description: 'Path that answers 2xx when the service is well.' }),
  interval: durationSchema.prefault('3s'),
  timeout: durationSchema.prefault('2s'),
  fall: z.int().min(1).default(3),
  rise: z.int().min(1).default(2),
  grace: durationSchema.prefault('60s').meta({ description: 'How long a new release may take until it is well.' }),
});

const uses = z.union(
  [
    name,
    z.strictObject({
      service: name,
      as: variablePrefix.meta({
        description: 'Prefix of the injected variables; the upper-case service name when a bare name is written.',
      }),
    }),
  ],
  { error: 'expected the name of a service, or { service: NAME, as: PREFIX }' },
);

/** What every kind of service has, wherever it runs. */
const anywhere = {
  image: image.meta({ description: 'Image of the container, pinned by digest.' }),
  memory: memorySize.meta({ description: 'Memory promised to each container, and its limit, such as 512MiB.' }),
  cpus: z.number().positive().optional(),
  env: z.record(variableName, scalar).default({}),
  secrets: z
    .array(name)
    .default([])
    .meta({ description: 'Entries of the secrets file, each injected as an upper-case variable.' }),
  public: z.array(port).default([]).meta({ description: 'Ports open to the world.' }),
  open: z
    .record(hostPort, z.strictObject({ from: z.array(cidr).min(1) }))
    .default({})
    .meta({ description: 'Ports open to named networks.' }),
  volumes: z.record(name, containerPath).default({}).meta({ description: 'Named volumes and where they are mounted.' }),
  stopGrace: durationSchema.prefault('30s'),
};

const common = {
  on: z.array(name).min(1).meta({ description: 'The servers that run this service, such as [app1, app2].' }),
  ...anywhere,
};

const app = z.strictObject({
  kind: z.literal('app'),
  ...common,
  command: z.array(z.string()).min(1).optional(),
  port,
  health: health.optional(),
  uses: z.array(uses).default([]),
});

const worker = z.strictObject({
  kind: z.literal('worker'),
  ...common,
  command: z.array(z.string()).min(1).optional(),
  uses: z.array(uses).default([]),
});

const routes = z.record(httpPath, name).meta({ description: 'Path prefix to service.' });

const nginx = z.strictObject({
  kind: z.literal('nginx'),
  ...common,
  port: port.default(80),
  routes,
  client_max_body_size: sizeSchema.prefault('1MiB'),
  health: health.optional(),
});

const haproxy = z.strictObject({
  kind: z.literal('haproxy'),
  ...common,
  port: port.default(80),
  routes,
  balance: z.enum(['roundrobin', 'leastconn', 'source']).default('roundrobin'),
  sticky: cookieName.optional().meta({ description: 'Name of the cookie that binds a client to a server.' }),
  stats: port.optional().meta({ description: 'Port of the statistics page.' }),
});

/** What every database has: its members, who decides about its primary, and what an acknowledgement is worth. */
const database = {
  ...anywhere,
  primary: name.meta({ description: 'The preferred primary. Who is primary is read from the fleet.' }),
  replicas: z.array(name).default([]),
  backup: name.optional(),
};

/** A database whose primary may be decided by an engine of consensus. */
const elected = {
  failover: z
    .enum(['manual', 'automatic'])
    .default('manual')
    .meta({ description: 'Who decides: a person with the guards, or Patroni, Group Replication, Sentinel.' }),
  rto: durationSchema.optional().meta({
    description: 'Automatic only: time in which the loss of the primary is to be over; the timers follow from it.',
  }),
  voters: z
    .array(name)
    .default([])
    .meta({ description: 'Automatic only: the three servers that vote, when they are not the members.' }),
};

const synchronous = z.enum(['preferred', 'strict']).optional().meta({
  description:
    'Absent: asynchronous. preferred: waits for a replica while there is one. strict: stops writes rather than lose one.',
});

const closeAfter = durationSchema
  .refine((ms) => ms >= 10_000, {
    error: 'expected 10s or more, because a guard that a deploy replaces is silent for some seconds',
  })
  .optional()
  .meta({
    description:
      'Manual only: an open primary that hears no majority for so long closes; 10s at least. Absent: silence does not close.',
  });

const databases = z.array(databaseName).min(1).meta({ description: 'Databases; each has an owner of the same name.' });

const postgres = z
  .strictObject({
    kind: z.literal('postgres'),
    ...database,
    ...elected,
    synchronous,
    closeAfter,
    port: port.default(5432),
    databases,
    pooling: z
      .strictObject({
        mode: z.enum(['transaction', 'session']).default('transaction'),
        size: z.int().min(1).default(20).meta({ description: 'Connections to the database per user and database.' }),
        clients: z.int().min(1).default(500).meta({ description: 'Clients that one pooler admits.' }),
      })
      .optional()
      .meta({ description: 'A PgBouncer before the data endpoint of each server with a client.' }),
    tuning: z
      .record(settingName, scalar)
      .default({})
      .meta({ description: 'Settings by their PostgreSQL names; they win over the derived ones.' }),
    walKeep: sizeSchema
      .prefault('4GiB')
      .meta({ description: 'Upper bound of the write-ahead log that a slot may hold back (max_slot_wal_keep_size).' }),
  })
  .meta({ description: 'PostgreSQL on the contract of the official image.' });

const binlogKeep = durationSchema
  .prefault('3d')
  .meta({ description: 'How long binary logs are kept (binlog_expire_logs_seconds).' });
const mysqlTuning = z
  .record(settingName, scalar)
  .default({})
  .meta({ description: 'Settings by their MySQL names; they win over the derived ones.' });

const mysql = z
  .strictObject({
    kind: z.literal('mysql'),
    ...database,
    ...elected,
    synchronous,
    closeAfter,
    port: port.default(3306),
    databases,
    tuning: mysqlTuning,
    binlogKeep,
  })
  .meta({ description: 'MySQL from 8.4 on, on the contract of the official image.' });

const mariadb = z
  .strictObject({
    kind: z.literal('mariadb'),
    ...database,
    failover: z
      .literal('manual')
      .default('manual')
      .meta({ description: 'A person decides, with the guards; MariaDB has no engine of consensus here.' }),
    synchronous,
    closeAfter,
    port: port.default(3306),
    databases,
    tuning: mysqlTuning,
    binlogKeep,
  })
  .meta({ description: 'MariaDB with GTID replication, on the contract of the official image.' });

const redis = z
  .strictObject({
    kind: z.literal('redis'),
    ...database,
    ...elected,
    closeAfter,
    port: port.default(6379),
    sentinelPort: port.default(26379).meta({ description: 'Automatic only: port of the Sentinels.' }),
    minReplicasToWrite: z.int().min(0).optional().meta({
      description:
        'Replicas that must be connected for a write (min-replicas-to-write); 1 when automatic with two replicas or more.',
    }),
    tuning: z
      .record(redisSettingName, scalar)
      .default({})
      .meta({ description: 'Settings by their Redis names; they win over the derived ones.' }),
  })
  .meta({ description: 'Redis on the contract of the official image; its data are always persisted.' });

const backupPolicy = z.strictObject({
  at: timeOfDay,
  keep: z.strictObject({
    daily: z.int().min(1),
    weekly: z.int().min(1).optional(),
    monthly: z.int().min(1).optional(),
  }),
  offsite: name.optional(),
  drill: z.enum(['daily', 'weekly', 'monthly']).optional(),
});

/** Every kind of service, told apart by `kind`. */
export const serviceSchema = z.discriminatedUnion('kind', [
  app,
  worker,
  nginx,
  haproxy,
  postgres,
  mysql,
  mariadb,
  redis,
]);

/** One environment as written in YAML, after `extends` is resolved. The single source of types, JSON Schema and reference. */
export const environmentSchema = z.strictObject({
  environment: name.meta({ description: 'Name of this environment; part of every name on its servers.' }),
  extends: noControl
    .optional()
    .meta({ description: 'Path of the environment this one is layered on, relative to this folder.' }),
  orchestrator: z.literal('compose').default('compose'),
  servers: z.record(name, server).meta({ description: 'The machines, by name.' }),
  services: z.record(serviceName, serviceSchema).meta({ description: 'What runs on them, by name.' }),
  backups: z.record(name, backupPolicy).default({}),
  images: z
    .strictObject({
      guard: image.optional().meta({ description: 'The guard: one small container per server.' }),
      endpoint: image.optional().meta({ description: 'HAProxy for the local data endpoints.' }),
      etcd: image.optional().meta({ description: 'etcd for Patroni.' }),
      pooler: image.optional().meta({ description: 'PgBouncer for `pooling:`.' }),
    })
    .default({})
    .meta({ description: 'Images of what Flotilla itself runs on the servers.' }),
  sandbox: z
    .boolean()
    .default(false)
    .meta({ description: 'Set by `flotilla up`: addresses, images and power drivers are those of a sandbox.' }),
});

export type Environment = z.output<typeof environmentSchema>;
export type Server = Environment['servers'][string];
export type Service = z.output<typeof serviceSchema>;
export type ServiceKind = Service['kind'];
export type ServiceOfKind<K extends ServiceKind> = Extract<Service, { kind: K }>;
export type Health = z.output<typeof health>;
export type Power = z.output<typeof power>;
export type Uses = z.output<typeof uses>;
export type BackupPolicy = z.output<typeof backupPolicy>;
