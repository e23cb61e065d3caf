import { GUARD_ACCOUNT, unitFolder } from '@flotilla/model';
import type { RenderedFile, ServiceOfKind } from '@flotilla/model';

import type { UnitDraft } from '../draft.ts';
import { placedOn } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { GROUP_PORT, groupName, groupSettings } from '../mysql/group-settings.ts';
import { settingLine } from '../mysql/settings.ts';
import { publishPorts } from '../publishes.ts';
import { headerLine, joinLines } from '../text.ts';

/** A member of a MySQL service as it would be under the guard. */
export type Single = { readonly service: ServiceOfKind<'mysql'>; readonly draft: UnitDraft };

/** Gives the unit of a member of a group that elects its primary itself, from what it is under the guard. */
export function draftGroupMember(fleet: Fleet, place: Place, { service, draft }: Single): UnitDraft {
  const placed = placedOn(fleet, place.service);
  // By name: another preferred primary is no other configuration.
  const members = new Map([...fleet.hosts].filter(([name]) => placed.has(name)));
  const others = [...members].filter(([name]) => name !== place.server);
  const name = groupName(fleet.environment.environment, place.service);
  const settings = groupSettings(service, { name, server: place.server, members });
  const lines = settings.map(([key, value]) => settingLine(key, value));
  const published = { port: GROUP_PORT, containerPort: GROUP_PORT, address: place.host };
  return {
    unit: {
      ...draft.unit,
      publishes: [...draft.unit.publishes, ...publishPorts({ ...service, public: [], open: {} }, [published])].sort(
        (left, right) => left.port - right.port,
      ),
    },
    container: { ...draft.container, hostname: place.server, hosts: Object.fromEntries(others) },
    files: [...draft.files.map((file) => inGroup(file, lines)), accessFile(fleet, place)].sort((left, right) =>
      left.path < right.path ? -1 : 1,
    ),
  };
}

/** The main file of settings ends in our own section. */
function inGroup(file: RenderedFile, lines: readonly string[]): RenderedFile {
  return file.path.endsWith('/my.cnf') ? { ...file, text: joinLines([file.text.trimEnd(), ...lines]) } : file;
}

/**
 * What the first primary's data hold besides. Who made the data may be the group alone until others have joined; a copy has another number,
 * and may not.
 */
function accessFile(fleet: Fleet, place: Place): RenderedFile {
  const title = headerLine(fleet.environment.environment, place.service).replace(/^#/, '--');
  return {
    path: `${unitFolder(place.service)}/init/20-group.sql`,
    text: joinLines([
      title,
      'CREATE TABLE flotilla.alone (member CHAR(36) NOT NULL PRIMARY KEY);',
      'INSERT INTO flotilla.alone VALUES (@@server_uuid);',
      `GRANT SELECT, DELETE ON flotilla.alone TO ${GUARD_ACCOUNT};`,
      `GRANT GROUP_REPLICATION_ADMIN ON *.* TO ${GUARD_ACCOUNT};`,
    ]),
    mode: 0o644,
    effect: 'none',
  };
}
