import { readFileSync } from 'node:fs';

import { DATABASE_KINDS } from '@flotilla/model';
import type { Control, GuardConfig, GuardedService } from '@flotilla/model';

import { isFields } from '../store/parse.ts';

const CONTROLS = ['guard', 'patroni', 'group-replication', 'sentinel'] as const satisfies readonly Control[];

/** Gives the configuration in a file. Throws when it is not one: a guard that does not know its fleet must not run. */
export function loadConfig(path: string): GuardConfig {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!isFields(value)) throw new Error(`${path}: not an object`);
  const { environment, server, servers, services } = value;
  if (typeof environment !== 'string' || typeof server !== 'string')
    throw new Error(`${path}: no environment or server`);
  if (!isAddresses(servers)) throw new Error(`${path}: servers must map names to addresses`);
  if (!Object.hasOwn(servers, server)) throw new Error(`${path}: ${server} is not one of the servers`);
  if (!Array.isArray(services)) throw new Error(`${path}: no services`);
  return { environment, server, servers, services: services.map((service) => parseService(path, service)) };
}

function parseService(path: string, value: unknown): GuardedService {
  if (!isFields(value)) throw new Error(`${path}: a service is not an object`);
  const { service, members, port, closeAfterMs, synchronous, sentinels } = value;
  const kind = DATABASE_KINDS.find((known) => known === value['kind']);
  const control = CONTROLS.find((known) => known === value['control']);
  const isKnown = typeof service === 'string' && typeof port === 'number';
  if (
    !isKnown ||
    kind === undefined ||
    control === undefined ||
    !Array.isArray(members) ||
    !members.every((one) => typeof one === 'string')
  ) {
    throw new Error(`${path}: a service lacks its name, kind, control, port or members`);
  }
  return {
    service,
    kind,
    control,
    members,
    port,
    ...(typeof closeAfterMs === 'number' ? { closeAfterMs } : {}),
    ...(synchronous === 'preferred' || synchronous === 'strict' ? { synchronous } : {}),
    ...(Array.isArray(sentinels) && sentinels.every((one) => typeof one === 'string') ? { sentinels } : {}),
  };
}

function isAddresses(value: unknown): value is Readonly<Record<string, string>> {
  return isFields(value) && Object.values(value).every((one) => typeof one === 'string');
}
