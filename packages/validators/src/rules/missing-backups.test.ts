import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { missingBackups } from './missing-backups.ts';

const database = (backup: string) =>
  fleet({
    services: `  db: { kind: postgres, image: IMAGE, primary: a, replicas: [b], databases: [x], memory: 1GiB${backup} }`,
    rest: 'backups: { nightly: { at: "02:00", keep: { daily: 7 } } }',
  });

describe('missing-backups', () => {
  it('accepts a database that names a policy', () => {
    expect(found(missingBackups, database(', backup: nightly'))).toEqual([]);
  });

  it('warns of a database that names none, at the database', () => {
    const text = database('');
    expect(found(missingBackups, text)).toEqual([`VALIDATE_BACKUP_MISSING ${place(text, 'db: {')}`]);
  });

  it('warns although a policy is declared and a replica exists, names the policy, and does not promise that it is enough', () => {
    const [found] = missingBackups.check(parse(database('')));
    expect(found?.severity).toBe('warning');
    expect(found?.hint).toContain('backup: nightly in db');
    expect(found?.hint).toContain('this version takes none');
  });
});
