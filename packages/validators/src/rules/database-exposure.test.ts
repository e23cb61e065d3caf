import { describe, expect, it } from 'vitest';

import { fleet, found, place } from '../../test/support.ts';
import { databaseExposure } from './database-exposure.ts';

const database = (fields: string) =>
  fleet({ services: `  db: { kind: postgres, image: IMAGE, primary: a, databases: [x], memory: 1GiB, ${fields} }` });
const open = (network: string) => database(`open: { 5432: { from: ["${network}"] } }`);

describe('database-exposure', () => {
  it.each(['192.0.2.0/24', '10.0.0.0/8', '192.168.0.0/16', 'fd00::/8', '198.51.100.7/32'])('accepts %s', (network) => {
    expect(found(databaseExposure, open(network))).toEqual([]);
  });

  it('rejects a public port and the whole internet', () => {
    const shown = database('public: [5432]');
    expect(found(databaseExposure, shown)).toEqual([`VALIDATE_DATA_PUBLIC ${place(shown, '5432')}`]);
    const text = open('0.0.0.0/0');
    expect(found(databaseExposure, text)).toEqual([`VALIDATE_DATA_PUBLIC ${place(text, '"0.0.0.0/0"')}`]);
  });

  it.each(['0.0.0.0/1', '128.0.0.0/1', '10.0.0.0/7', '198.51.0.0/16', '::/0', '2000::/3', '::ffff:0:0/96'])(
    'rejects %s, which is the internet by another name',
    (network) => {
      const text = open(network);
      expect(found(databaseExposure, text)).toEqual([`VALIDATE_DATA_PUBLIC ${place(text, `"${network}"`)}`]);
    },
  );

  it('says nothing of an edge, which is there to be reached', () => {
    const text = fleet({
      services:
        '  e: { kind: haproxy, image: IMAGE, on: [a], memory: 1GiB, routes: {}, open: { 80: { from: [0.0.0.0/0] } } }',
    });
    expect(found(databaseExposure, text)).toEqual([]);
  });
});
