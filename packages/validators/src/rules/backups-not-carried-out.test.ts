import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { backupsNotCarriedOut } from './backups-not-carried-out.ts';

const database = (backup: string) =>
  fleet({
    services: `  db: { kind: postgres, image: IMAGE, primary: a, databases: [x], memory: 1GiB${backup} }`,
    rest: 'backups: { nightly: { at: "02:00", keep: { daily: 7 } } }',
  });

describe('backups-not-carried-out', () => {
  it('accepts a policy that no database names', () => {
    expect(found(backupsNotCarriedOut, database(''))).toEqual([]);
  });

  it('says of a database with a policy that none is carried out, at the policy', () => {
    const text = database(', backup: nightly');
    expect(found(backupsNotCarriedOut, text)).toEqual([
      `VALIDATE_BACKUP_NOT_CARRIED_OUT ${place(text, 'backup: nightly').replace(/\d+$/, (column) => String(Number(column) + 8))}`,
    ]);
  });

  it('is as loud as no policy at all: declaring one does not make a backup', () => {
    expect(backupsNotCarriedOut.check(parse(database(', backup: nightly')))[0]?.severity).toBe('warning');
  });

  it('leaves a policy that does not exist to the rule about references', () => {
    expect(found(backupsNotCarriedOut, database(', backup: hourly'))).toEqual([]);
  });
});
