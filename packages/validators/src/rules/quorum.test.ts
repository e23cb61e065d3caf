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
  const three = [server('a', 1), server('b', 2), server('c', 3)];

  it('accepts three voters, written or as members, and a manual failover whose members can be powered off', () => {
    expect(found(quorum, database('replicas: [b], failover: automatic, voters: [a, b, c]', three))).toEqual([]);
    expect(found(quorum, database('replicas: [b, c], failover: automatic', three))).toEqual([]);
    const powered = [server('a', 1, power), server('b', 2, power), server('c', 3)];
    expect(found(quorum, database('replicas: [b]', powered))).toEqual([]);
  });

  it('rejects automatic failover with two voters, and without a replica', () => {
    const text = database('replicas: [b], failover: automatic', three);
    expect(found(quorum, text)).toEqual([`VALIDATE_QUORUM ${place(text, 'automatic')}`]);
    const alone = database('failover: automatic, voters: [a, b, c]', three);
    expect(found(quorum, alone)).toEqual([`VALIDATE_NO_REPLICA ${place(alone, 'automatic')}`]);
  });

  it('rejects an even number, and counts one machine under two names as one voter', () => {
    const four = [...three, server('d', 4)];
    const even = database('replicas: [b], failover: automatic, voters: [a, b, c, d]', four);
    expect(found(quorum, even)).toEqual([`VALIDATE_QUORUM ${place(even, '[a, b, c, d]')}`]);
    const twice = [server('a', 1), server('b', 2), server('c', 2)];
    const text = database('replicas: [b], failover: automatic, voters: [a, b, c]', twice);
    expect(found(quorum, text)).toEqual([`VALIDATE_QUORUM ${place(text, '[a, b, c]')}`]);
  });

  it('counts the voters of every service that shares the etcd', () => {
    const one = 'kind: postgres, image: IMAGE, databases: [x], memory: 1GiB, failover: automatic';
    const text = fleet({
      servers: [...three, server('d', 4)].join('\n'),
      services: [
        `  db: { ${one}, primary: a, replicas: [b], voters: [a, b, c] }`,
        `  log: { ${one}, primary: b, replicas: [c], voters: [b, c, d] }`,
      ].join('\n'),
    });
    expect(found(quorum, text)).toEqual([
      `VALIDATE_QUORUM ${place(text, '[a, b, c]')}`,
      `VALIDATE_QUORUM ${place(text, '[b, c, d]')}`,
    ]);
  });

  it('has a group vote by its members, which must be three', () => {
    const group = (fields: string) => database(fields, three).replace('kind: postgres', 'kind: mysql');
    expect(found(quorum, group('replicas: [b, c], failover: automatic'))).toEqual([]);
    const few = group('replicas: [b], failover: automatic');
    expect(found(quorum, few)).toEqual([`VALIDATE_QUORUM ${place(few, 'automatic')}`]);
    const other = group('replicas: [b], failover: automatic, voters: [a, b, c]');
    expect(found(quorum, other)).toEqual([`VALIDATE_GROUP_VOTERS ${place(other, '[a, b, c]')}`]);
  });

  it('says what two servers and a missing power driver mean for a manual failover', () => {
    const text = database('replicas: [b]', [server('a', 1, power), server('b', 2)]);
    expect(found(quorum, text)).toEqual([
      `VALIDATE_POWER_MISSING ${place(text, 'b: { host')}`,
      `VALIDATE_TWO_VOTERS ${place(text, 'db: {')}`,
    ]);
  });
});
