import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { rtoFloors } from './rto-floors.ts';

const database = (kind: string, fields: string) => {
  const databases = kind === 'redis' ? '' : 'databases: [x], ';
  return fleet({
    services: `  db: { kind: ${kind}, image: IMAGE, primary: a, replicas: [b, c], ${databases}memory: 1GiB, ${fields} }`,
  });
};

describe('rto-floors', () => {
  it.each([
    ['postgres', '25s', '24999ms'],
    ['mysql', '10s', '9999ms'],
    ['redis', '7s', '6999ms'],
  ])('accepts for %s %s and none at all, and rejects %s where it is written', (kind, floor, below) => {
    expect(found(rtoFloors, database(kind, `failover: automatic, rto: ${floor}`))).toEqual([]);
    expect(found(rtoFloors, database(kind, 'failover: automatic'))).toEqual([]);
    const text = database(kind, `failover: automatic, rto: ${below}`);
    expect(found(rtoFloors, text)).toEqual([`VALIDATE_RTO_TOO_SHORT ${place(text, below)}`]);
    expect(rtoFloors.check(parse(text))[0]?.hint).toContain(`rto: ${floor}`);
  });

  it('says nothing where a person decides', () => {
    expect(found(rtoFloors, database('postgres', 'failover: manual, rto: 1s'))).toEqual([]);
  });
});
