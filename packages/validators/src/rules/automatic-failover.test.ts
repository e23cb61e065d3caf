import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { automaticFailover } from './automatic-failover.ts';

const database = (fields: string) =>
  fleet({
    servers: '  a: { host: 192.0.2.1, cpus: 2, memory: 4GiB }',
    services: `  db: { kind: postgres, image: IMAGE, primary: a, databases: [x], memory: 1GiB${fields} }`,
  });

describe('automatic failover', () => {
  it('accepts a manual failover', () => {
    expect(found(automaticFailover, database(', failover: manual'))).toEqual([]);
  });

  it('rejects what nothing would carry out', () => {
    const text = database(', failover: automatic');
    expect(found(automaticFailover, text)).toEqual([`VALIDATE_AUTOMATIC_FAILOVER ${place(text, 'automatic')}`]);
  });

  it('accepts a service that says nothing, because manual is the default', () => {
    expect(found(automaticFailover, database(''))).toEqual([]);
  });
});
