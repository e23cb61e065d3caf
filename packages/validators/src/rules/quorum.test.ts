import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { quorum } from './quorum.ts';

const server = (name: string, last: number, more = '') =>
  `  ${name}: { host: 192.0.2.${last}, cpus: 2, memory: 4GiB${more} }`;
const database = (fields: string, servers: readonly string[]) =>
  fleet({
    servers: servers.join('\n'),
    services: `  db: { kind: postgres, image: IMAGE, primary: a, databases: [x], memory: 1GiB, ${fields} }`,
  });
const power = ', power: { qm: 101 }';

describe('quorum', () => {
  it('accepts three voters, and a manual failover whose members can be powered off', () => {
    const three = [server('a', 1), server('b', 2), server('c', 3)];
    expect(found(quorum, database('replicas: [b], failover: automatic', three))).toEqual([]);
    const powered = [server('a', 1, power), server('b', 2, power), server('c', 3)];
    expect(found(quorum, database('replicas: [b]', powered))).toEqual([]);
  });

  it('rejects automatic failover with two servers, and without a replica', () => {
    const text = database('replicas: [b], failover: automatic', [server('a', 1), server('b', 2)]);
    expect(found(quorum, text)).toEqual([`VALIDATE_QUORUM ${place(text, 'automatic')}`]);
    const alone = database('failover: automatic', [server('a', 1), server('b', 2), server('c', 3)]);
    expect(found(quorum, alone)).toEqual([`VALIDATE_NO_REPLICA ${place(alone, 'automatic')}`]);
  });

  it('counts one machine under two names as one voter', () => {
    const text = database('replicas: [b], failover: automatic', [server('a', 1), server('b', 2), server('c', 2)]);
    expect(found(quorum, text)).toEqual([`VALIDATE_QUORUM ${place(text, 'automatic')}`]);
  });

  it('says what two servers and a missing power driver mean for a manual failover', () => {
    const text = database('replicas: [b]', [server('a', 1, power), server('b', 2)]);
    expect(found(quorum, text)).toEqual([
      `VALIDATE_POWER_MISSING ${place(text, 'b: { host')}`,
      `VALIDATE_TWO_VOTERS ${place(text, 'db: {')}`,
    ]);
  });
});
