import { z } from 'zod';

import { durationSchema, sizeSchema } from './units.ts';

const NAME = /^[a-z][a-z0-9-]{0,39}$/;
const name = z
  .string()
  .regex(NAME, { error: 'expected lower-case letters, digits and dashes, starting with a letter' });
const port = z.int().min(1).max(65_535);
const image = z
  .string()
  .regex(/^[^\s@]+(@sha256:[0-9a-f]{64})?$/, { error: 'expected an image reference such as nginx:1.28.0@sha256:…' });
const cidr = z.union([z.cidrv4(), z.cidrv6()]);
const address = z.union([z.ipv4(), z.ipv6()]);
const scalar = z.union([z.string(), z.number(), z.boolean()]);

const ssh = z
  .strictObject({
    user: name.default('flotilla').meta({ description: 'The account that deploys; `bootstrap` creates it.' }),
    port: port.default(22),
    via: name.optional().meta({ description: 'Another server of this environment to jump through.' }),
  })
  .meta({ description: 'How to reach the server over SSH.' });

const power = z
  .union([
    z.strictObject({
      qm: z.int().min(100),
      via: address.optional().meta({ description: 'The Proxmox host that runs the machine.' }),
    }),
    z.strictObject({
      off: z.array(z.string()).min(1).meta({ description: 'A command that cuts the power.' }),
      status: z.array(z.string()).min(1).meta({ description: 'A command that prints the power state.' }),
      offWhen: z.string().min(1).meta({ description: 'What `status` prints when the machine is off.' }),
      on: z.array(z.string()).min(1).optional(),
    }),
  ])
  .meta({ description: 'How to cut the power of this machine when SSH cannot prove that its database is stopped.' });

const server = z.strictObject({
  host: address.meta({ description: 'The address that the fleet and the deployer reach this server by.' }),
  cpus: z.number().positive(),
  memory: sizeSchema,
  disk: sizeSchema.optional(),
  ssh: ssh.optional(),
  power: power.optional(),
});

const health = z.strictObject({
  http: z.string().startsWith('/').meta({ description: 'Path that answers 2xx when the service is well.' }),
  interval: durationSchema.prefault('3s'),
  timeout: durationSchema.prefault('2s'),
  fall: z.int().min(1).default(3),
  rise: z.int().min(1).default(2),
  grace: durationSchema.prefault('60s').meta({ description: 'How long a new release may take until it is well.' }),
});

const uses = z.union([
  name,
  z.strictObject({
    service: name,
    as: z
      .string()
      .regex(/^[A-Z][A-Z0-9_]*$/)
      .meta({ description: 'Prefix of the injected variables; the upper-case service name when absent.' }),
  }),
]);

const common = {
  on: z.array(name).min(1).meta({ description: 'The servers that run this service.' }),
  image,
  memory: sizeSchema.meta({ description: 'Memory promised to each container; its limit.' }),
  cpus: z.number().positive().optional(),
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), scalar).default({}),
  secrets: z
    .array(name)
    .default([])
    .meta({ description: 'Entries of the secrets file, each injected as an upper-case variable.' }),
  public: z.array(port).default([]).meta({ description: 'Ports open to the world.' }),
  open: z
    .record(z.string().regex(/^\d+$/), z.strictObject({ from: z.array(cidr).min(1) }))
    .default({})
    .meta({ description: 'Ports open to named networks.' }),
  volumes: z
    .record(name, z.string().startsWith('/'))
    .default({})
    .meta({ description: 'Named volumes and where they are mounted.' }),
  stopGrace: durationSchema.prefault('30s'),
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

const routes = z.record(z.string().startsWith('/'), name).meta({ description: 'Path prefix to service.' });

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
  sticky: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]*$/)
    .optional()
    .meta({ description: 'Name of the cookie that binds a client to a server.' }),
  stats: port.optional().meta({ description: 'Port of the statistics page.' }),
});

const postgres = z
  .strictObject({
    kind: z.literal('postgres'),
    ...common,
    on: z.undefined().optional(),
    primary: name.meta({ description: 'The preferred primary. Who is primary is read from the fleet.' }),
    replicas: z.array(name).default([]),
    failover: z.enum(['manual', 'automatic']).default('manual'),
    port: port.default(5432),
    databases: z
      .array(z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/))
      .min(1)
      .meta({ description: 'Databases; each has an owner of the same name.' }),
    tuning: z
      .record(z.string().regex(/^[a-z_]+(\.[a-z_]+)?$/), scalar)
      .default({})
      .meta({ description: 'Settings by their PostgreSQL names; they win over the derived ones.' }),
    walKeep: sizeSchema
      .prefault('4GiB')
      .meta({ description: 'Upper bound of the write-ahead log that a slot may hold back (max_slot_wal_keep_size).' }),
    backup: name.optional(),
  })
  .meta({ description: 'PostgreSQL on the contract of the official image.' });

const backupPolicy = z.strictObject({
  at: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: 'expected a time of day such as "02:00"' }),
  keep: z.strictObject({
    daily: z.int().min(1),
    weekly: z.int().min(1).optional(),
    monthly: z.int().min(1).optional(),
  }),
  offsite: name.optional(),
  drill: z.enum(['daily', 'weekly', 'monthly']).optional(),
});

/** Every kind of service, told apart by `kind`. */
export const serviceSchema = z.discriminatedUnion('kind', [app, worker, nginx, haproxy, postgres]);

/** One environment as written in YAML, after `extends` is resolved. The single source of types, JSON Schema and reference. */
export const environmentSchema = z.strictObject({
  environment: name,
  extends: z
    .string()
    .optional()
    .meta({ description: 'Path of the environment this one is layered on, relative to this folder.' }),
  orchestrator: z.literal('compose').default('compose'),
  servers: z.record(name, server),
  services: z.record(name, serviceSchema),
  backups: z.record(name, backupPolicy).default({}),
  images: z
    .strictObject({
      guard: image.optional().meta({ description: 'The guard: one small container per server.' }),
      endpoint: image.optional().meta({ description: 'HAProxy for the local data endpoints.' }),
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
