import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { unknownReferences } from './unknown-references.ts';

describe('unknown-references', () => {
  it('accepts names that are declared', () => {
    const text = fleet({
      services: [
        '  db: { kind: postgres, image: IMAGE, primary: a, replicas: [b], databases: [x], memory: 1GiB, backup: nightly }',
        '  web: { kind: app, image: IMAGE, on: [c], port: 80, memory: 1GiB, uses: [db, { service: db, as: OTHER }] }',
        '  edge: { kind: haproxy, image: IMAGE, on: [a], memory: 1GiB, routes: { /: web } }',
      ].join('\n'),
      rest: 'backups: { nightly: { at: "02:00", keep: { daily: 7 } } }',
    });
    expect(found(unknownReferences, text)).toEqual([]);
  });

  it('rejects each kind of reference at the name itself', () => {
    const text = fleet({
      servers: '  a: { host: 192.0.2.1, cpus: 2, memory: 4GiB, ssh: { via: gate } }',
      services: [
        '  db: { kind: postgres, image: IMAGE, primary: dba, replicas: [dbb], databases: [x], memory: 1GiB, backup: nightli }',
        '  web: { kind: app, image: IMAGE, on: [a, webb], port: 80, memory: 1GiB, uses: [dbx, { service: dby, as: Y }] }',
        '  edge: { kind: haproxy, image: IMAGE, on: [a], memory: 1GiB, routes: { /: weeb } }',
      ].join('\n'),
    });
    expect(found(unknownReferences, text)).toEqual([
      `VALIDATE_UNKNOWN_SERVER ${place(text, 'gate')}`,
      `VALIDATE_UNKNOWN_SERVER ${place(text, 'dba')}`,
      `VALIDATE_UNKNOWN_SERVER ${place(text, 'dbb')}`,
      `VALIDATE_UNKNOWN_SERVER ${place(text, 'webb')}`,
      `VALIDATE_UNKNOWN_SERVICE ${place(text, 'dbx')}`,
      `VALIDATE_UNKNOWN_SERVICE ${place(text, 'dby')}`,
      `VALIDATE_UNKNOWN_SERVICE ${place(text, 'weeb')}`,
      `VALIDATE_UNKNOWN_BACKUP ${place(text, 'nightli')}`,
    ]);
  });

  it('rejects a voter that is no server', () => {
    const text = fleet({
      services:
        '  db: { kind: redis, image: IMAGE, primary: a, replicas: [b], memory: 1GiB, failover: automatic, voters: [a, b, witness] }',
    });
    expect(found(unknownReferences, text)).toEqual([`VALIDATE_UNKNOWN_SERVER ${place(text, 'witness')}`]);
  });

  it('rejects a service where a server is meant', () => {
    const text = fleet({ services: '  web: { kind: worker, image: IMAGE, on: [web], memory: 1GiB }' });
    expect(found(unknownReferences, text)).toEqual([`VALIDATE_UNKNOWN_SERVER ${place(text, 'web], memory')}`]);
  });

  it('suggests the name that was meant', () => {
    const text = fleet({
      servers: '  app1: { host: 192.0.2.1, cpus: 2, memory: 4GiB }',
      services: '  web: { kind: worker, image: IMAGE, on: [ap1], memory: 1GiB }',
    });
    expect(unknownReferences.check(parse(text)).map(({ hint }) => hint)).toEqual(['did you mean "app1"?']);
  });
});
