import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { acknowledgement } from './acknowledgement.ts';

const postgres = (fields: string) =>
  fleet({ services: `  db: { kind: postgres, image: IMAGE, primary: a, databases: [x], memory: 1GiB, ${fields} }` });
const redis = (fields: string) =>
  fleet({ services: `  db: { kind: redis, image: IMAGE, primary: a, memory: 1GiB, ${fields} }` });

describe('acknowledgement', () => {
  it('accepts what the replicas can give, with one to spare where writes would stop', () => {
    expect(found(acknowledgement, postgres('replicas: [b]'))).toEqual([]);
    expect(found(acknowledgement, postgres('replicas: [b], synchronous: preferred'))).toEqual([]);
    expect(found(acknowledgement, postgres('replicas: [b, c], synchronous: strict'))).toEqual([]);
    expect(found(acknowledgement, redis('replicas: [b, c], failover: automatic'))).toEqual([]);
  });

  it('rejects what waits for a replica that is not there', () => {
    const text = postgres('synchronous: preferred');
    expect(found(acknowledgement, text)).toEqual([`VALIDATE_ACKNOWLEDGEMENT_IMPOSSIBLE ${place(text, 'preferred')}`]);
    const two = redis('replicas: [b], minReplicasToWrite: 2');
    expect(found(acknowledgement, two)).toEqual([`VALIDATE_ACKNOWLEDGEMENT_IMPOSSIBLE ${place(two, '2 }')}`]);
    // The primary written as its own replica is none.
    const own = postgres('replicas: [a], synchronous: strict');
    expect(found(acknowledgement, own)).toEqual([`VALIDATE_ACKNOWLEDGEMENT_IMPOSSIBLE ${place(own, 'strict')}`]);
  });

  it('warns where the loss of one replica stops writes, by what is rendered', () => {
    const text = postgres('replicas: [b], synchronous: strict');
    expect(found(acknowledgement, text)).toEqual([`VALIDATE_REPLICA_STOPS_WRITES ${place(text, 'strict')}`]);
    const one = redis('replicas: [b], failover: automatic, minReplicasToWrite: 1, voters: [a, b, c]');
    expect(found(acknowledgement, one)).toEqual([`VALIDATE_REPLICA_STOPS_WRITES ${place(one, '1, voters')}`]);
    // With one replica alone, Sentinel's default asks for none.
    expect(found(acknowledgement, redis('replicas: [b], failover: automatic, voters: [a, b, c]'))).toEqual([]);
    expect(found(acknowledgement, redis('replicas: [b, b], failover: automatic, voters: [a, b, c]'))).toEqual([]);
    expect(found(acknowledgement, redis('replicas: [b], minReplicasToWrite: 0'))).toEqual([]);
  });
});
