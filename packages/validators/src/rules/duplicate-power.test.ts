import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { duplicatePower } from './duplicate-power.ts';

const servers = (...powers: readonly string[]) =>
  fleet({
    servers: powers
      .map((power, index) => `  s${index}: { host: 192.0.2.${index + 1}, cpus: 2, memory: 4GiB${power} }`)
      .join('\n'),
    services: '  w: { kind: worker, image: IMAGE, on: [s0], memory: 1GiB }',
  });
const off = (...words: readonly string[]) =>
  `, power: { off: [${words.join(', ')}], status: [status], offWhen: "off" }`;

describe('duplicate-power', () => {
  it('accepts one number on two hosts, two numbers on one host, and servers without power', () => {
    const text = servers(
      ', power: { qm: 101, via: 192.0.2.8 }',
      ', power: { qm: 101, via: 192.0.2.9 }',
      ', power: { qm: 102, via: 192.0.2.8 }',
      '',
      '',
      off('cut', 'a'),
      off('cut', 'b'),
    );
    expect(found(duplicatePower, text)).toEqual([]);
  });

  it('rejects the same guest twice, at the second number', () => {
    const text = servers(', power: { qm: 101 }', '', ', power: { qm: 101 }');
    expect(found(duplicatePower, text)).toEqual([`VALIDATE_DUPLICATE_POWER ${place(text, '101')}`]);
  });

  it('rejects the same host spelled differently, and the same command whatever its status is', () => {
    const spelled = servers(
      ', power: { qm: 101, via: "2001:db8::1" }',
      ', power: { qm: 101, via: "2001:DB8:0:0:0:0:0:1" }',
    );
    expect(found(duplicatePower, spelled)).toHaveLength(1);
    const text = servers(off('cut', 'a'), off('cut', 'a').replace('status]', 'other]'));
    expect(found(duplicatePower, text)).toEqual([`VALIDATE_DUPLICATE_POWER ${place(text, '[cut')}`]);
  });

  it('tells words from one word with a space', () => {
    expect(found(duplicatePower, servers(off('cut', 'a'), off('"cut a"')))).toEqual([]);
  });
});
