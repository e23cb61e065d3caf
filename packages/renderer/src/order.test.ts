import { describe, expect, it } from 'vitest';

import { fleetOf, renderText, service, serverOf, unitOf } from '../test/fleets.ts';
import { sortByStart } from './order.ts';

describe('start order', () => {
  const tree = renderText(
    fleetOf(
      service.haproxy('a-edge', 'a', '/: web'),
      service.nginx('web', 'a', '/: app'),
      service.app('app', 'a', ', uses: [db, files]'),
      service.app('files', 'a'),
      service.postgres('db', 'primary: a'),
    ),
  );

  it('starts the guard, the database, its endpoint, then who uses it, then who routes to that', () => {
    const names = serverOf(tree, 'a').units.map((unit) => unit.service);
    expect(names).toEqual(['files', 'guard', 'db', 'db-endpoint', 'app', 'web', 'a-edge']);
  });

  it('names what must start before, on the same server alone', () => {
    expect(unitOf(tree, 'a', 'guard').after).toEqual([]);
    expect(unitOf(tree, 'a', 'db').after).toEqual(['guard']);
    expect(unitOf(tree, 'a', 'db-endpoint').after).toEqual(['db', 'guard']);
    expect(unitOf(tree, 'a', 'app').after).toEqual(['db-endpoint', 'files']);
    const apart = renderText(fleetOf(service.nginx('web', 'a', '/: app'), service.app('app', 'b')));
    expect(unitOf(apart, 'a', 'web').after).toEqual([]);
  });

  it('keeps each unit of a circle once, by name', () => {
    const units = [
      { service: 'c', after: ['b'] },
      { service: 'b', after: ['c'] },
      { service: 'd', after: [] },
    ];
    expect(sortByStart(units).map((unit) => unit.service)).toEqual(['d', 'b', 'c']);
  });
});
