import { paths, unitFolder } from '@flotilla/model';
import type { FileEffect, RenderedFile } from '@flotilla/model';

import { configMount } from '../compose.ts';
import { draftDeclared } from '../declared.ts';
import { configPath } from '../draft.ts';
import type { Container, UnitDraft } from '../draft.ts';
import { placedOn } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { GUARD_GATE_GRACE_MS, RUN_MOUNT, SECRETS_MOUNT } from '../guarded.ts';
import { initScript, mysqlSecretFiles, rolesScript } from './roles.ts';
import type { Dialect } from './roles.ts';
import { serverIds } from './server-id.ts';
import { settingLine } from './settings.ts';
import type { MysqlLike, SettingValue } from './settings.ts';
import { tuneMysql } from './tuning.ts';
import { publishPorts } from '../publishes.ts';
import { headerLine, joinLines } from '../text.ts';

const ENGINE_PORT = 3306;
/** The parent of the data: copies are built beside them and renamed. */
const DATA_MOUNT = '/var/lib/mysql';
/** A stop writes back what is only in the log, and lets commits end. */
const STOP_GRACE_MS = 120_000;

/** What a kind of the MySQL family decides about its unit; the rest is the same for all. */
export type Flavor = {
  readonly dialect: Dialect;
  readonly environment: Readonly<Record<string, string>>;
  readonly healthCommand: readonly string[];
  /** Settings that Flotilla owns on this member, in the order they are written. */
  readonly owned: (serverId: number) => SettingList;
};

/**
 * Gives the unit of one member of a service of the MySQL family: the official image under the guard's wrapper. The preferred primary
 * and its replicas get the same configuration but for their names, because roles change without a deploy.
 */
export function draftSqlDatabase(
  fleet: Fleet,
  { place, service }: { readonly place: Place; readonly service: MysqlLike },
  flavor: Flavor,
): UnitDraft {
  const environment = fleet.environment.environment;
  const published = { port: service.port, containerPort: ENGINE_PORT, address: place.host };
  const data = paths.data(environment, place.service);
  return draftDeclared(
    fleet,
    { place, service },
    {
      tier: 'data',
      publishes: publishPorts(service, [published]),
      gates: [{ kind: 'guard', service: place.service, graceMs: GUARD_GATE_GRACE_MS }],
      container: containerOf(fleet, { place, service }, flavor),
      files: filesOf(fleet, { place, service }, flavor),
      reload: ['sh', configPath(wrapperFile(service)), 'reload'],
      secretFiles: mysqlSecretFiles(place.service, service.databases),
      directories: [paths.guardRun(environment, place.service), data],
    },
  );
}

type Member = { readonly place: Place; readonly service: MysqlLike };

function wrapperFile({ kind }: Pick<MysqlLike, 'kind'>): string {
  return `guarded-${kind}.sh`;
}

function containerOf(fleet: Fleet, { place, service }: Member, flavor: Flavor): Container {
  const environment = fleet.environment.environment;
  // The database's own name belongs to its endpoint, which may stand on the same server.
  const engine = `${place.service}-engine`;
  return {
    key: engine,
    network: { kind: 'shared', alias: engine },
    entrypoint: ['/bin/sh', configPath(wrapperFile(service))],
    stopSignal: 'SIGTERM',
    stopGraceMs: Math.max(service.stopGrace, STOP_GRACE_MS),
    environment: {
      FLOTILLA_SERVER: place.server,
      FLOTILLA_SERVICE: place.service,
      ...flavor.environment,
    },
    mounts: [
      configMount(fleet, place.service),
      `${paths.data(environment, place.service)}:${DATA_MOUNT}`,
      `${paths.guardRun(environment, place.service)}:${RUN_MOUNT}`,
      `${paths.secretFolder(environment, place.service)}:${SECRETS_MOUNT}:ro`,
      `${paths.current(environment, place.service)}/init:/docker-entrypoint-initdb.d:ro`,
    ],
    healthCommand: flavor.healthCommand,
  };
}

type SettingList = readonly (readonly [string, SettingValue])[];

function linesOf(list: SettingList): readonly string[] {
  return list.map(([name, value]) => settingLine(name, value));
}

function filesOf(fleet: Fleet, { place, service }: Member, flavor: Flavor): readonly RenderedFile[] {
  const environment = fleet.environment.environment;
  const title = headerLine(environment, `${place.service} on ${place.server}`);
  const serverId = serverIds(environment, place.service, placedOn(fleet, place.service)).get(place.server) ?? 1;
  const tuning = tuneMysql(service);
  const options = (list: SettingList) => joinLines([title, '[mysqld]', ...linesOf(list)]);
  const file = (path: string, text: string, effect: FileEffect): RenderedFile => ({
    path: `${unitFolder(place.service)}/${path}`,
    text,
    mode: path.endsWith('.sh') ? 0o755 : 0o644,
    effect,
  });
  return [
    file(wrapperFile(service), fleet.inputs.wrappers[service.kind], 'restart'),
    file('init/10-flotilla.sh', initScript({ environment, name: place.service }, flavor.dialect), 'none'),
    file('my.cnf', joinLines([title, ...INCLUDES, '[mysqld]', ...linesOf(flavor.owned(serverId))]), 'restart'),
    file('reload.cnf', options(tuning.reload), 'reload'),
    file('restart.cnf', options(tuning.restart), 'restart'),
    file(
      'roles.sh',
      rolesScript({ environment, name: place.service, databases: service.databases }, flavor.dialect),
      'reload',
    ),
  ];
}

/** What is ours stands last, because the last line wins. */
const INCLUDES = [`!include ${configPath('restart.cnf')}`, `!include ${configPath('reload.cnf')}`];
