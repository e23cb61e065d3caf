import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { patroniTimers } from './patroni-timers.ts';

const database = (fields: string) =>
  fleet({
    services: `  db: { kind: postgres, image: IMAGE, primary: a, replicas: [b, c], databases: [x], memory: 1GiB, ${fields} }`,
  });

describe('patroni-timers', () => {
  it('accepts a promise that the shortest lease can keep, and none at all', () => {
    expect(found(patroniTimers, database('failover: automatic, rto: 25s'))).toEqual([]);
    expect(found(patroniTimers, database('failover: automatic'))).toEqual([]);
  });

  it('rejects a shorter one where it is written', () => {
    const text = database('failover: automatic, rto: 10s');
    expect(found(patroniTimers, text)).toEqual([`VALIDATE_RTO_TOO_SHORT ${place(text, '10s')}`]);
    const near = database('failover: automatic, rto: 24999ms');
    expect(found(patroniTimers, near)).toEqual([`VALIDATE_RTO_TOO_SHORT ${place(near, '24999ms')}`]);
  });

  it('says nothing of other engines, nor of a person who decides', () => {
    expect(found(patroniTimers, database('failover: manual, rto: 10s'))).toEqual([]);
    const group = database('failover: automatic, rto: 10s').replace('kind: postgres', 'kind: mysql');
    expect(found(patroniTimers, group)).toEqual([]);
  });
});
