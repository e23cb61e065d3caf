import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { failoverFields } from './failover-fields.ts';

const database = (kind: string, fields: string) =>
  fleet({
    services: `  db: { kind: ${kind}, image: IMAGE, primary: a, replicas: [b], databases: [x], memory: 1GiB, ${fields} }`,
  });

describe('failover-fields', () => {
  it('accepts each field where somebody obeys it', () => {
    expect(found(failoverFields, database('postgres', 'failover: automatic, rto: 25s, voters: [a, b, c]'))).toEqual([]);
    expect(found(failoverFields, database('mysql', 'closeAfter: 20s'))).toEqual([]);
  });

  it('rejects timers and voters of a manual failover, at their names', () => {
    const text = database('postgres', 'failover: manual, rto: 25s, voters: [a, b, c]');
    expect(found(failoverFields, text)).toEqual([
      `VALIDATE_FAILOVER_FIELD ${place(text, 'rto')}`,
      `VALIDATE_FAILOVER_FIELD ${place(text, 'voters')}`,
    ]);
  });

  it('rejects closeAfter where no guard closes, and takes the default for manual', () => {
    const text = database('mysql', 'failover: automatic, closeAfter: 20s');
    expect(found(failoverFields, text)).toEqual([`VALIDATE_FAILOVER_FIELD ${place(text, 'closeAfter')}`]);
    const unsaid = database('mysql', 'rto: 25s');
    expect(found(failoverFields, unsaid)).toEqual([`VALIDATE_FAILOVER_FIELD ${place(unsaid, 'rto')}`]);
  });

  it.each(['strict', 'preferred'])('rejects synchronous: %s of a group, and of nobody else', (value) => {
    const text = database('mysql', `failover: automatic, synchronous: ${value}`);
    expect(found(failoverFields, text)).toEqual([`VALIDATE_GROUP_SYNCHRONOUS ${place(text, 'synchronous')}`]);
    expect(found(failoverFields, database('mysql', `synchronous: ${value}`))).toEqual([]);
    expect(found(failoverFields, database('postgres', `failover: automatic, synchronous: ${value}`))).toEqual([]);
  });
});
