import { controlOf, finding, isDatabase } from '@flotilla/model';

import type { EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

/** Patroni's shortest lease of 20 s, and what it takes the successor to promote and the clients to follow. */
const FLOOR_MS = 25_000;

/** A service under Patroni promises no shorter `rto` than its timers can keep. */
export const patroniTimers: EnvironmentRule = {
  name: 'patroni-timers',
  check: ({ environment, sources }) =>
    servicesOf(environment).flatMap(([service, definition]) => {
      if (!isDatabase(definition) || controlOf(definition) !== 'patroni') return [];
      const rto = 'rto' in definition ? definition.rto : undefined;
      if (rto === undefined || rto >= FLOOR_MS) return [];
      const facts = { service, rto: `${rto / 1000}s`, floor: `${FLOOR_MS / 1000}s` };
      return [finding('VALIDATE_RTO_TOO_SHORT', facts, sources.valueAt(['services', service, 'rto']))];
    }),
};
