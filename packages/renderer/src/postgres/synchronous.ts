import type { ServiceOfKind } from '@flotilla/model';

import { placedOn } from '../fleet.ts';
import type { Fleet, Place } from '../fleet.ts';
import { RUN_MOUNT } from '../guarded.ts';
import { headerLine, joinLines } from '../text.ts';
import { settingLine } from './settings.ts';

/**
 * Gives `synchronous.conf` of one member: whom its commits wait for when it is primary. It names the other members and stands on every
 * one of them, so that it is in force before the first commit of whoever is promoted. Under `preferred` the guard releases it by a file
 * in the run folder, which survives neither a reboot nor a clone.
 */
export function synchronousSettings(
  fleet: Fleet,
  place: Place,
  { synchronous, tuning }: Pick<ServiceOfKind<'postgres'>, 'synchronous' | 'tuning'>,
): string {
  const others = [...placedOn(fleet, place.service)].filter((server) => server !== place.server).sort();
  const title = headerLine(fleet.environment.environment, `${place.service} on ${place.server}`);
  if (synchronous === undefined || others.length === 0) return joinLines([title]);
  const written = tuning['synchronous_commit'];
  return joinLines([
    title,
    // Anything weaker would acknowledge what no standby has on its disk.
    settingLine('synchronous_commit', written === 'remote_apply' ? written : 'on'),
    settingLine('synchronous_standby_names', `ANY 1 (${others.map((server) => `"${server}"`).join(', ')})`),
    ...(synchronous === 'preferred' ? [`include_if_exists '${RUN_MOUNT}/synchronous.conf'`] : []),
  ]);
}
