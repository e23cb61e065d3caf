import type { DatabaseKind, DatabaseService, Finding, Position } from '@flotilla/model';
import { controlOf, finding, isDatabase } from '@flotilla/model';

import { repositoryName, repositoryPath, tagOf } from '../image-reference.ts';
import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

const ENGINES = ['postgres', 'postgresql', 'mysql', 'mariadb', 'redis', 'valkey', 'mongo', 'mongodb'];
/** A name that says its own engine may say another as well: `postgres-mysql-fdw` is PostgreSQL that reads MySQL. */
const OWN: Readonly<Record<DatabaseKind, RegExp>> = {
  postgres: /postgres|^pg|[._-]pg/,
  mysql: /mysql/,
  mariadb: /mariadb/,
  redis: /redis/,
};

/** The oldest series that has what roles and positions are decided by. */
const LEAST: Readonly<Record<DatabaseKind, { readonly version: readonly [number, number]; readonly why: string }>> = {
  postgres: { version: [13, 0], why: 'bounds the log that a slot holds back (max_slot_wal_keep_size)' },
  mysql: { version: [8, 4], why: 'is maintained, and speaks of sources and replicas; 8.0 ended in April 2026' },
  mariadb: { version: [10, 6], why: 'is maintained' },
  redis: { version: [6, 2], why: 'hands over without losing a write (FAILOVER)' },
};

/**
 * The image of a database is one of its engine that keeps the official image's contract, in a version that can be handed over, as
 * far as its name and tag tell.
 */
export const databaseImages: EnvironmentRule = {
  name: 'database-images',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) =>
      isDatabase(definition) ? checkImage(service, definition, sources.valueAt(['services', service, 'image'])) : [],
    ),
};

function checkImage(service: string, definition: DatabaseService, at: Position): readonly Finding[] {
  const { kind, image } = definition;
  const path = repositoryPath(image);
  if (path.some((part) => part === 'bitnami' || part === 'bitnamilegacy')) {
    return [finding('VALIDATE_IMAGE_BITNAMI', { service, image, kind }, at)];
  }
  const engine = otherEngine(kind, repositoryName(image));
  if (engine !== undefined) return [finding('VALIDATE_DATABASE_IMAGE', { service, image, engine, kind }, at)];
  const least = tooOld(kind, image);
  if (least !== undefined) return [finding('VALIDATE_IMAGE_TOO_OLD', { service, image, ...least }, at)];
  const isOfficial = ['postgres', 'library/postgres'].includes(path.slice(-2).join('/'));
  if (controlOf(definition) !== 'patroni' || !isOfficial) return [];
  return [finding('VALIDATE_IMAGE_WITHOUT_PATRONI', { service, image }, at)];
}

function otherEngine(kind: DatabaseKind, name: string): string | undefined {
  if (OWN[kind].test(name)) return undefined;
  return name.split(/[._-]/).find((word) => ENGINES.includes(word));
}

function tooOld(kind: DatabaseKind, image: string): { readonly least: string; readonly why: string } | undefined {
  const tag = /^v?(\d+)(?:\.(\d+))?/.exec(tagOf(image) ?? '');
  if (tag === null) return undefined;
  const { version, why } = LEAST[kind];
  const [major, minor] = [Number(tag[1]), tag[2] === undefined ? Number.POSITIVE_INFINITY : Number(tag[2])];
  const isEnough = major > version[0] || (major === version[0] && minor >= version[1]);
  return isEnough ? undefined : { least: version.join('.'), why };
}
