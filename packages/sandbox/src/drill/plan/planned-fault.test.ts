import { describe, expect, it } from 'vitest';

import { formatFault } from '../../fault/fault.ts';
import type { PlannedFault } from './planned-fault.ts';
import { mendsOf, strikesOf } from './planned-fault.ts';

const CAST = { primary: 'db2', replica: 'db3', other: 'db1' };

const CASES: readonly [PlannedFault, string, string][] = [
  [{ kind: 'crash-engine', role: 'primary', restarts: true }, 'kill9 database@db2', 'mend db2'],
  [
    { kind: 'crash-engine', role: 'replica', restarts: false },
    'kill9 database@db3 no-restart',
    'mend db3; boot database@db3',
  ],
  [{ kind: 'crash-process', role: 'primary' }, 'crash database@db2', 'mend db2'],
  [{ kind: 'power-off', role: 'primary' }, 'kill db2', 'mend db2'],
  [{ kind: 'freeze-server', role: 'other' }, 'pause db1', 'mend db1'],
  [{ kind: 'freeze-engine', role: 'primary' }, 'pause database@db2', 'mend db2'],
  [{ kind: 'partition', role: 'replica' }, 'disconnect db3', 'mend db3'],
  [{ kind: 'cut', role: 'primary' }, 'cut db2 db3', 'mend db2'],
];

describe('a planned fault', () => {
  it.each(CASES)('%o strikes whoever has the role', (fault, strikes) => {
    expect(strikesOf(fault, CAST, 'database').map(formatFault).join('; ')).toBe(strikes);
  });

  it.each(CASES)('%o is mended where it struck', (fault, _, mends) => {
    expect(mendsOf(fault, CAST, 'database').map(formatFault).join('; ')).toBe(mends);
  });
});
