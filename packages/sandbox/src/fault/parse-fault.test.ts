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
  ['reboot', { kind: 'reboot' }],
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
  ])('refuses "%s" and says what it knows', (words) => {
    expect(parseFault(words.split(' ').filter((word) => word !== ''))).toMatchObject({
      kind: 'mistake',
      hint: expect.stringContaining('kill9 SERVICE@SERVER'),
    });
  });
});
