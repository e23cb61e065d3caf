import { describe, expect, it } from 'vitest';

import type { Fault } from './fault.ts';
import { formatFault } from './fault.ts';
import { parseFault } from './parse-fault.ts';

const FAULTS: readonly [string, Fault][] = [
  ['kill db1', { kind: 'kill', server: 'db1' }],
  ['stop db1', { kind: 'stop', server: 'db1' }],
  ['boot db1', { kind: 'boot', server: 'db1' }],
  ['pause db1', { kind: 'pause', server: 'db1' }],
  ['unpause db1', { kind: 'unpause', server: 'db1' }],
  ['disconnect db1', { kind: 'disconnect', server: 'db1' }],
  ['reconnect db1', { kind: 'reconnect', server: 'db1' }],
  ['pause database@db1', { kind: 'pause-service', service: 'database', server: 'db1' }],
  ['unpause database@db1', { kind: 'unpause-service', service: 'database', server: 'db1' }],
  ['boot database@db1', { kind: 'boot-service', service: 'database', server: 'db1' }],
  ['kill9 database@db1', { kind: 'kill-service', service: 'database', server: 'db1', restarts: true }],
  ['kill9 database@db1 no-restart', { kind: 'kill-service', service: 'database', server: 'db1', restarts: false }],
  ['crash database@db1', { kind: 'crash-service', service: 'database', server: 'db1' }],
  ['reboot', { kind: 'reboot' }],
  ['mend db1', { kind: 'mend', server: 'db1' }],
  ['cut db1 db2', { kind: 'cut', server: 'db1', peer: 'db2', isOneWay: false }],
  ['cut db1->db2', { kind: 'cut', server: 'db1', peer: 'db2', isOneWay: true }],
  ['cut-controller db1', { kind: 'cut-controller', server: 'db1' }],
  ['lossy db1 db2 5', { kind: 'lossy', server: 'db1', peer: 'db2', percent: 5 }],
  ['stop database@db1', { kind: 'stop-service', service: 'database', server: 'db1' }],
  ['wipe database@db1', { kind: 'wipe-service', service: 'database', server: 'db1' }],
  ['corrupt database@db1', { kind: 'corrupt-service', service: 'database', server: 'db1' }],
  [
    'corrupt database@db1 pgdata/base/5/16384',
    { kind: 'corrupt-service', service: 'database', server: 'db1', path: 'pgdata/base/5/16384' },
  ],
  ['limit database@db1 256', { kind: 'limit-service', service: 'database', server: 'db1', sizeMiB: 256 }],
  ['unlimit database@db1', { kind: 'unlimit-service', service: 'database', server: 'db1' }],
  ['fill database@db1', { kind: 'fill-service', service: 'database', server: 'db1' }],
  ['free database@db1', { kind: 'free-service', service: 'database', server: 'db1' }],
];

describe('parseFault', () => {
  it.each(FAULTS)('reads "%s"', (words, fault) => {
    expect(parseFault(words.split(' '))).toEqual(fault);
  });

  it.each(FAULTS)('writes "%s" as it is read', (words, fault) => {
    expect(formatFault(fault)).toBe(words);
  });

  it.each([
    [''],
    ['kil db1'],
    ['kill'],
    ['kill db1 db2'],
    ['kill database@db1'],
    ['disconnect database@db1'],
    ['kill9 db1'],
    ['kill9 database@db1 never'],
    ['kill9 database@db1 no-restart twice'],
    ['pause a@b@c'],
    ['pause @db1'],
    ['kill ../db1'],
    ['kill --all'],
    ['reboot db1'],
    ['mend database@db1'],
    ['cut db1'],
    ['cut db1 db1'],
    ['cut db1->db1'],
    ['cut db1-'],
    ['cut db1->db2->db3'],
    ['cut db1->db2 db3'],
    ['lossy db1 db2'],
    ['lossy db1 db2 0'],
    ['lossy db1 db2 100'],
    ['limit database@db1'],
    ['limit database@db1 big'],
    ['limit db1 256'],
    ['corrupt database@db1 ../../etc/passwd'],
    ['corrupt database@db1 /etc/passwd'],
    ['corrupt database@db1 a b'],
    ['fill db1'],
    ['wipe database'],
    ['toString'],
  ])('refuses "%s" and says what it knows', (words) => {
    expect(parseFault(words.split(' ').filter((word) => word !== ''))).toMatchObject({
      kind: 'mistake',
      hint: expect.stringContaining('kill9 SERVICE@SERVER'),
    });
  });
});
