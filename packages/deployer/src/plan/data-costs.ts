import type { HandOver } from './data-steps.ts';
import type { RolesSeen } from './plan-roles.ts';
import type { Wave, WaveGroup } from './plan-waves.ts';
import { loweredFloors } from './replica-floors.ts';
import type { LoweredFloor } from './replica-floors.ts';
import type { ActiveChange } from './plan-units.ts';

/** What clients of a database will notice of the change of one member; begins with `none` when they notice nothing. */
export type DataCost = { readonly server: string; readonly service: string; readonly unavailability: string };

/** Gives what each restart of a running database costs, by the roles that were observed; in the order of the waves. */
export function dataCosts(waves: readonly Wave[], seen: RolesSeen): readonly DataCost[] {
  return waves
    .filter(({ kind }) => kind === 'data')
    .flatMap(({ groups }) => groups.flatMap((group) => costsOf(group, seen)));
}

/** Gives how long writes pause while a role moves to the first of `candidates`. */
export function pauseOf(from: string, candidates: readonly string[]): string {
  return `writes pause for about 1 s while the role moves to ${candidates.join(' or ')}; it stays there, and ${from} changes as a replica`;
}

/** Gives how long a primary that restarts where it is keeps its clients waiting. */
export function restartOf(lowered: readonly LoweredFloor[]): string {
  if (lowered.length === 0) return 'restart: about 5 s of reads and writes, because no replica can take over';
  const settings = lowered.map(({ setting, from, to }) => `${setting} from ${from} to ${to}`).join(', ');
  return `restart: about 5 s of writes, because no replica may have less than its primary: ${settings} goes to the primary first`;
}

function costsOf({ server, changes, handOvers }: WaveGroup, seen: RolesSeen): readonly DataCost[] {
  return changes
    .filter(({ kind, service }) => kind === 'recreate' && seen.closed?.includes(service) !== true)
    .map((change) => {
      const move = handOvers.find(({ service }) => service === change.service);
      return { server, service: change.service, unavailability: costOf(server, { change, move }, seen) };
    });
}

type Restart = { readonly change: ActiveChange; readonly move: HandOver | undefined };

function costOf(server: string, { change, move }: Restart, { primaries }: RolesSeen): string {
  if (move !== undefined) return pauseOf(server, move.candidates);
  const primary = primaries?.[change.service];
  if (primary !== server && primary !== undefined)
    return 'none for writes; reads of this replica move elsewhere for about 5 s';
  return restartOf(loweredFloors(change));
}
