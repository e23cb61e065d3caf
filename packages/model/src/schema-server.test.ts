import { describe, expect, it } from 'vitest';

import { parseEnvironment } from './parse-environment.ts';

function parse(power: string) {
  const text = `environment: shop
servers:
  db1:
    host: 192.0.2.11
    cpus: 2
    memory: 4GiB
    power: ${power}
services: {}
`;
  return parseEnvironment({ entry: 'environment.yaml', read: () => text });
}

const BOARD = 'address: 192.0.2.30, user: admin, password: db1-board';

describe('the power of a server', () => {
  it.each([
    '{ qm: 113, via: 192.0.2.2 }',
    `{ redfish: { ${BOARD}, system: "1" } }`,
    '{ redfish: { address: "board.example:8443", user: admin, password: db1-board, system: System.Embedded.1 } }',
    `{ redfish: { ${BOARD}, system: "1", pin: "sha256//${'A'.repeat(43)}=" } }`,
    `{ ipmi: { ${BOARD} } }`,
    '{ off: [cut, db1], status: [ask, db1], offWhen: "off", on: [wake, db1] }',
  ])('may be %s', (power) => {
    expect(parse(power)).toMatchObject({ kind: 'parsed' });
  });

  it.each([
    [
      'an address with a path',
      `{ redfish: { address: "192.0.2.30/x", user: admin, password: db1-board, system: "1" } }`,
    ],
    ['no system', `{ redfish: { ${BOARD} } }`],
    ['a password in the file', '{ ipmi: { address: 192.0.2.30, user: admin, password: "s3cret!" } }'],
    ['a user that is an option', '{ ipmi: { address: 192.0.2.30, user: "-x y", password: db1-board } }'],
    ['two drivers at once', `{ qm: 113, ipmi: { ${BOARD} } }`],
  ])('must not have %s', (_case, power) => {
    const parsed = parse(power);
    expect(parsed.kind).toBe('invalid');
    expect(parsed.kind === 'invalid' ? parsed.findings[0]?.at : undefined).toMatchObject({
      file: 'environment.yaml',
      line: 7,
    });
  });
});
