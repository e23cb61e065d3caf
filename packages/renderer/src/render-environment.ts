import type { Environment, RenderedFile, ServerTree, Tree } from '@flotilla/model';

import { digestFiles, digestWords } from './digest.ts';
import type { UnitDraft } from './draft.ts';
import { findDrains } from './drains.ts';
import type { Drains } from './drains.ts';
import { surveyFleet } from './fleet.ts';
import type { Fleet, Place, RenderInputs } from './fleet.ts';
import { daemonFile } from './host/daemon.ts';
import { nftablesFile } from './host/nftables.ts';
import { draftApp } from './kinds/app.ts';
import { draftEndpoint } from './kinds/endpoint.ts';
import { draftEtcd, etcdServers } from './kinds/etcd.ts';
import { draftGuard, sharedGuardConfig } from './kinds/guard.ts';
import { draftHaproxy } from './kinds/haproxy.ts';
import { draftNginx } from './kinds/nginx.ts';
import { draftMariadb } from './kinds/mariadb.ts';
import { draftMysql } from './kinds/mysql.ts';
import { draftPooler, isPooled } from './kinds/pooler.ts';
import { draftPostgres } from './kinds/postgres.ts';
import { draftRedis } from './kinds/redis.ts';
import { draftSentinel } from './kinds/sentinel.ts';
import { draftWorker } from './kinds/worker.ts';
import { sortByStart, unitsBefore } from './order.ts';
import { sentinelServers } from './redis/sentinel.ts';
import { renderUnit, sortByPath } from './unit.ts';

/**
 * Gives everything that every server of an environment gets. The same environment and inputs give the same bytes, in
 * whatever order the environment's keys were written. A reference to what does not exist renders nothing and is a finding of the
 * validators.
 * @example renderEnvironment(parsed.environment, { secretHashes: secrets.hashes, wrappers })
 */
export function renderEnvironment(environment: Environment, inputs: RenderInputs): Tree {
  const fleet = surveyFleet(environment, inputs);
  const shared = { drains: findDrains(fleet), daemon: daemonFile(fleet), guardPart: sharedGuardConfig(fleet) };
  const servers = [...fleet.hosts.keys()].map((server) => renderServer(fleet, server, shared));
  return {
    environment: environment.environment,
    servers,
    digest: digestWords(servers.flatMap(({ server, digest }) => [server, digest])),
  };
}

type Shared = { readonly drains: Drains; readonly daemon: RenderedFile; readonly guardPart: string };

function renderServer(fleet: Fleet, server: string, shared: Shared): ServerTree {
  const drafts = draftUnits(fleet, server, shared);
  const present = new Set(drafts.map(({ unit }) => unit.service));
  const drains = shared.drains.get(server);
  const rendered = drafts.map((draft) =>
    renderUnit(fleet, draft, {
      after: unitsBefore(fleet, draft.unit, present),
      drains: drains?.get(draft.unit.service) ?? [],
    }),
  );
  const units = sortByStart(rendered.map(({ unit }) => unit));
  const files = sortByPath([
    ...rendered.flatMap((unit) => unit.files),
    shared.daemon,
    nftablesFile(fleet, server, units),
  ]);
  return { server, files, units, digest: digestFiles(files, fleet.contentHash) };
}

function draftUnits(fleet: Fleet, server: string, { guardPart }: Shared): readonly UnitDraft[] {
  const host = fleet.hosts.get(server) ?? '';
  const declared = (fleet.servicesOn.get(server) ?? []).flatMap((service) =>
    draftService(fleet, { server, host, service }),
  );
  const databases = new Map(fleet.databases);
  const endpoints = (fleet.endpointsOn.get(server) ?? []).flatMap((service) => {
    const database = databases.get(service);
    if (database === undefined) return [];
    const endpoint = draftEndpoint(fleet, { server, host, service }, database);
    return isPooled(database) ? [endpoint, draftPooler(fleet, { server, host, service }, database)] : [endpoint];
  });
  const guards = databases.size > 0 ? [draftGuard(fleet, { server, host }, guardPart)] : [];
  const voters = etcdServers(fleet).includes(server) ? [draftEtcd(fleet, { server, host })] : [];
  const sentinels = fleet.databases.flatMap(([service, database]) =>
    database.kind === 'redis' && sentinelServers(fleet, database).includes(server)
      ? [draftSentinel(fleet, { server, host, service }, database)]
      : [],
  );
  return [...guards, ...voters, ...sentinels, ...endpoints, ...declared];
}

function draftService(fleet: Fleet, place: Place): readonly UnitDraft[] {
  const service = fleet.services.get(place.service);
  if (service === undefined) return [];
  switch (service.kind) {
    case 'app':
      return [draftApp(fleet, place, service)];
    case 'worker':
      return [draftWorker(fleet, place, service)];
    case 'nginx':
      return [draftNginx(fleet, place, service)];
    case 'haproxy':
      return [draftHaproxy(fleet, place, service)];
    case 'postgres':
      return [draftPostgres(fleet, place, service)];
    case 'mysql':
      return [draftMysql(fleet, place, service)];
    case 'mariadb':
      return [draftMariadb(fleet, place, service)];
    case 'redis':
      return [draftRedis(fleet, place, service)];
    default:
      throw new Error(`unreachable: ${String(service satisfies never)}`);
  }
}
