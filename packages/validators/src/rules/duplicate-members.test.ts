import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { duplicateMembers } from './duplicate-members.ts';

const database = (members: string) =>
  fleet({ services: `  db: { kind: postgres, image: IMAGE, ${members}, databases: [x], memory: 1GiB }` });

describe('duplicate-members', () => {
  it('accepts a replica on another server', () => {
    expect(found(duplicateMembers, database('primary: a, replicas: [b, c]'))).toEqual([]);
  });

  it("rejects a replica on the primary's server", () => {
    const text = database('primary: a, replicas: [b, a]');
    expect(found(duplicateMembers, text)).toEqual([`VALIDATE_DUPLICATE_MEMBER ${place(text, 'a], databases')}`]);
  });

  it('rejects two replicas on one server, and each further copy of any service', () => {
    const replicas = database('primary: a, replicas: [b, b]');
    expect(found(duplicateMembers, replicas)).toEqual([
      `VALIDATE_DUPLICATE_MEMBER ${place(replicas, 'b], databases')}`,
    ]);
    const worker = fleet({ services: '  w: { kind: worker, image: IMAGE, on: [a, b, a, a], memory: 1GiB }' });
    expect(found(duplicateMembers, worker)).toHaveLength(2);
  });
});
