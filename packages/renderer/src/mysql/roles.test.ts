import { describe, expect, it } from 'vitest';

import { renderText, serverOf } from '../../test/fleets.ts';

function filesOf(kind: 'mysql' | 'mariadb', databases: string) {
  const { files } = serverOf(
    renderText(`
environment: lab
servers:
  db1: { host: 192.0.2.81, cpus: 2, memory: 4GiB, disk: 60GiB }
services:
  database:
    kind: ${kind}
    image: ${kind}:11.8@sha256:1111111111111111111111111111111111111111111111111111111111111111
    primary: db1
    replicas: []
    databases: [${databases}]
    memory: 1GiB
`),
    'db1',
  );
  const named = (name: string) => files.find(({ path }) => path === `services/database/${name}`);
  return { roles: named('roles.sh'), init: named('init/10-flotilla.sh') };
}

describe.each(['mysql', 'mariadb'] as const)('the databases of a %s', (kind) => {
  it('are made by a script of their own, which a reload runs again', () => {
    const [before, after] = [filesOf(kind, 'ledger'), filesOf(kind, 'ledger, audit_log')];
    expect(after.roles?.effect).toBe('reload');
    expect(after.roles?.text).toContain(
      'find audit_log database-owner-audit-log\n  find ledger database-owner-ledger\n',
    );
    expect(before.roles?.text).not.toContain('audit_log');
    expect(after.init).toEqual(before.init);
  });

  it('are looked for before anything is written, on a server that takes writes', () => {
    const lines = filesOf(kind, 'ledger').roles?.text.split('\n') ?? [];
    const at = (part: string) => lines.findIndex((line) => line.includes(part));
    expect(at('exit 75')).toBeGreaterThan(0);
    expect(at('missing=$(')).toBeGreaterThan(at('exit 75'));
    expect(at('[ -n "$missing" ] || exit 0')).toBeLessThan(at('"$missing" | make "$maker"'));
    expect(lines.join('\n')).not.toMatch(/DROP (?!USER IF EXISTS flotilla_maker)/);
  });
});

it('root makes them where a closed server refuses root, and nobody who is above the door elsewhere', () => {
  expect(filesOf('mysql', 'ledger').roles?.text).toContain('\nmaker=root\n');
  const text = filesOf('mariadb', 'ledger').roles?.text ?? '';
  expect(text).toContain('REVOKE SUPER, READ_ONLY ADMIN, CONNECTION ADMIN ON *.* FROM flotilla_maker@localhost;');
  expect(text).not.toContain('maker=root');
});
