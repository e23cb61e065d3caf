import type { Control } from '@flotilla/model';
import { controlOf, finding, isDatabase } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

type Floor = { readonly ms: number; readonly who: string; readonly why: string };

/** Below these, the rendered timers would stay the same, or would no longer keep what they are for. */
const FLOORS: Readonly<Record<Exclude<Control, 'guard'>, Floor>> = {
  patroni: {
    ms: 25_000,
    who: 'Patroni',
    why: 'it grants no lease under 20 s, and its successor and the clients take the rest',
  },
  'group-replication': {
    ms: 10_000,
    who: 'a group',
    why: 'a member is suspected after 5 s, which nothing changes, and the election and the clients take the rest',
  },
  sentinel: {
    ms: 7_000,
    who: 'Sentinel',
    why: 'a primary that was cut off takes writes for some 4 s more, so that nobody takes over before 5 s of silence, and the vote takes the rest',
  },
};

/** A service whose primary nobody decides by hand promises no shorter `rto` than its timers can keep. */
export const rtoFloors: EnvironmentRule = {
  name: 'rto-floors',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      const control = isDatabase(definition) ? controlOf(definition) : 'guard';
      const rto = 'rto' in definition ? definition.rto : undefined;
      if (control === 'guard' || rto === undefined) return [];
      const { ms, who, why } = FLOORS[control];
      if (rto >= ms) return [];
      const facts = { service, rto: `${rto / 1000}s`, floor: `${ms / 1000}s`, who, why };
      return [finding('VALIDATE_RTO_TOO_SHORT', facts, sources.valueAt(['services', service, 'rto']))];
    }),
};
