import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { changed, findingsOf, parseFiles, VALID } from '../test/input.ts';
import { parseEnvironment } from './parse-environment.ts';

const REPOSITORY = new URL('../../../', import.meta.url);

function readRepository(path: string): string | undefined {
  try {
    return readFileSync(new URL(path, REPOSITORY), 'utf8');
  } catch {
    return undefined;
  }
}

function hintsOf(text: string): readonly (string | undefined)[] {
  const result = parseFiles({ 'env/environment.yaml': text });
  return result.kind === 'parsed' ? [] : result.findings.map(({ hint }) => hint);
}

describe('a valid environment', () => {
  it('reads the waybill fleet', () => {
    const entry = 'environments/waybill/environment.yaml';
    const result = parseEnvironment({ entry, read: readRepository });
    expect(result).toMatchObject({ kind: 'parsed', files: [entry], environment: { environment: 'waybill' } });
  });

  it('applies the defaults of servers and services', () => {
    const result = parseFiles({ 'env/environment.yaml': VALID });
    expect(result).toMatchObject({
      environment: {
        orchestrator: 'compose',
        servers: { app1: { ssh: { user: 'flotilla', port: 22 }, memory: 4 * 2 ** 30 } },
        services: { web: { stopGrace: 30_000, env: {} }, database: { port: 5432, walKeep: 4 * 2 ** 30 } },
      },
    });
  });

  it('knows the place of every value and key', () => {
    const result = parseFiles({ 'env/environment.yaml': VALID });
    if (result.kind === 'invalid') throw new Error('expected a valid environment');
    const { sources } = result;
    expect(sources.valueAt(['services', 'web', 'uses', 0])).toEqual({
      file: 'env/environment.yaml',
      line: 13,
      column: 12,
    });
    expect(sources.keyAt(['services', 'web', 'uses'])).toMatchObject({ line: 13, column: 5 });
    expect(sources.keyAt(['servers', 'db1', 'cpus'])).toMatchObject({ line: 4, column: 28 });
    expect(sources.valueAt(['services', 'web', 'stopGrace'])).toEqual(sources.valueAt(['services', 'web']));
  });

  it('lets keys that start with x- stand anywhere', () => {
    expect(findingsOf(`x-note: [1, 2]\n${changed('memory: 1GiB', 'memory: 1GiB\n    x-owner: team')}`)).toEqual([]);
  });

  it('keeps the digits of a port that is a key', () => {
    const text = changed('port: 3000', 'port: 3000\n    open: { 8404: { from: [192.0.2.0/24] } }');
    expect(parseFiles({ 'env/environment.yaml': text })).toMatchObject({
      environment: { services: { web: { open: { 8404: { from: ['192.0.2.0/24'] } } } } },
    });
  });

  it('reads aliases and merge keys as the values they stand for', () => {
    const text = `x-env: &env { A: one, B: two }\n${changed('port: 3000', 'port: 3000\n    env: { <<: *env, B: mine }')}`;
    expect(parseFiles({ 'env/environment.yaml': text })).toMatchObject({
      environment: { services: { web: { env: { A: 'one', B: 'mine' } } } },
    });
  });

  it('reads no, and times of day, as text', () => {
    const text = changed('port: 3000', 'port: 3000\n    env: { A: no, B: 02:00, C: 0x10, D: on }');
    expect(parseFiles({ 'env/environment.yaml': text })).toMatchObject({
      environment: { services: { web: { env: { A: 'no', B: '02:00', C: 16, D: 'on' } } } },
    });
  });
});

describe('findings of the schema', () => {
  it.each([
    [
      'an unknown key, at the key',
      changed('port: 3000', 'prot: 3000'),
      ['MODEL_MISSING_KEY 7:3', 'MODEL_UNKNOWN_KEY 12:5'],
    ],
    ['a wrong type', changed('port: 3000', 'port: soon'), ['MODEL_WRONG_TYPE 12:11']],
    ['text where a list belongs', changed('on: [app1]', 'on: app1'), ['MODEL_WRONG_TYPE 10:9']],
    ['a number where a size belongs', changed('memory: 1GiB', 'memory: 512'), ['MODEL_WRONG_TYPE 11:13']],
    ['a size without a unit', changed('memory: 1GiB', 'memory: "512"'), ['MODEL_INVALID_TEXT 11:13']],
    ['a size of zero', changed('memory: 1GiB', 'memory: 0GiB'), ['MODEL_INVALID_TEXT 11:13']],
    ['a missing key, at its parent', changed('    memory: 1GiB\n', ''), ['MODEL_MISSING_KEY 7:3']],
    ['a missing key of the root', 'environment: demo\n', ['MODEL_MISSING_KEY 1:1', 'MODEL_MISSING_KEY 1:1']],
    ['a value without content', changed('memory: 1GiB', 'memory:'), ['MODEL_WRONG_TYPE 11:5']],
    ['an unknown kind', changed('kind: app', 'kind: ap'), ['MODEL_UNKNOWN_KIND 8:11']],
    ['a missing kind', changed('    kind: app\n', ''), ['MODEL_MISSING_KEY 7:3']],
    [
      'a service that is not a mapping',
      changed('  database:\n', '  other: 5\n  database:\n'),
      ['MODEL_WRONG_TYPE 14:10'],
    ],
    ['an invalid server name, at the key', changed('  app1: {', '  App_1: {'), ['MODEL_INVALID_NAME 3:3']],
    ['a name of every object', changed('  app1: {', '  constructor: {'), ['MODEL_INVALID_NAME 3:3']],
    ['a service named like a derived one', changed('  web:', '  web-endpoint:'), ['MODEL_INVALID_NAME 7:3']],
    ['a value out of range', changed('port: 3000', 'port: 70000'), ['MODEL_OUT_OF_RANGE 12:11']],
    ['an empty list', changed('on: [app1]', 'on: []'), ['MODEL_OUT_OF_RANGE 10:9']],
    [
      'none of the possible values',
      changed('primary: db1', 'primary: db1\n    failover: automatc'),
      ['MODEL_INVALID_VALUE 18:15'],
    ],
    ['an address that is none', changed('192.0.2.11', '192.0.2.311'), ['MODEL_INVALID_TEXT 3:17']],
    ['a list where an address belongs', changed('192.0.2.11', '[192.0.2.11]'), ['MODEL_WRONG_TYPE 3:17']],
    [
      'an unknown key in one form of a union',
      changed('[database]', '[{ service: database, was: DB }]'),
      ['MODEL_MISSING_KEY 13:12', 'MODEL_UNKNOWN_KEY 13:33'],
    ],
    ['neither form of a union', changed('[database]', '[5]'), ['MODEL_WRONG_TYPE 13:12']],
    [
      'a power driver with a fault',
      changed('memory: 4GiB', 'memory: 4GiB, power: { qm: x }'),
      ['MODEL_WRONG_TYPE 3:65'],
    ],
    [
      'a new line in a path',
      changed('port: 3000', 'port: 3000\n    health: { http: "/a\\r\\nb" }'),
      ['MODEL_INVALID_TEXT 13:21'],
    ],
    [
      'a volume that leaves its place',
      changed('port: 3000', 'port: 3000\n    volumes: { data: /srv/../etc }'),
      ['MODEL_INVALID_TEXT 13:22'],
    ],
  ])('reports %s', (_, text, expected) => {
    expect(findingsOf(text)).toEqual(expected);
  });

  it('reports all that is wrong, sorted by place', () => {
    const text = VALID.replace('cpus: 2', 'cpus: two').replace('port: 3000', 'port: x').replace('8GiB', '8 GiB');
    expect(findingsOf(text)).toEqual(['MODEL_WRONG_TYPE 3:35', 'MODEL_WRONG_TYPE 12:11', 'MODEL_INVALID_TEXT 20:13']);
  });

  it.each([
    [changed('image: example', 'imag: example'), 'did you mean "image"?'],
    [changed('port: 3000', 'port: 3000\n    environment: {}'), 'did you mean "env"?'],
    [changed('kind: app', 'kind: postgre'), 'did you mean "postgres"?'],
    [changed('primary: db1', 'primary: db1\n    on: [db1]'), 'in "primary:" and the other servers in "replicas:"'],
    [changed('on: [app1]', 'on: app1'), 'write ["app1"]'],
    [engine('mariadb', 'failover: automatic'), 'write failover: manual, or take kind: mysql'],
    [engine('mariadb', 'voters: [db1]'), 'write failover: manual, or take kind: mysql'],
    [engine('redis', 'synchronous: strict').replace('    databases: [orders]\n', ''), 'minReplicasToWrite: 1'],
    [engine('mysql', 'pooling: {}'), 'kind: postgres alone'],
    [engine('mysql', 'on: [db1]'), 'in "primary:" and the other servers in "replicas:"'],
    [engine('mysql', 'closeAfter: 1s'), 'write 10s or more'],
    [
      changed('postgres:17.6', 'postgres:17.6@sha256:…'),
      "docker pull postgres:17.6 && docker image inspect -f '{{index .RepoDigests 0}}' postgres:17.6",
    ],
    [changed('postgres:17.6', '"…"'), 'docker pull NAME:VERSION'],
  ])('hints at what was meant', (text, hint) => {
    expect(hintsOf(text).some((one) => one?.includes(hint))).toBe(true);
  });

  it('accepts manual for an engine that has nothing else, and a primary that closes after ten seconds of silence', () => {
    const result = parseFiles({ 'env/environment.yaml': engine('mariadb', 'failover: manual\n    closeAfter: 10s') });
    expect(result).toMatchObject({
      environment: { services: { database: { failover: 'manual', closeAfter: 10_000 } } },
    });
    expect(parseFiles({ 'env/environment.yaml': engine('mariadb', 'port: 3306') })).toMatchObject({
      environment: { services: { database: { failover: 'manual' } } },
    });
    expect(findingsOf(engine('mariadb', 'failover: automatic'))).toEqual(['MODEL_INVALID_VALUE 21:15']);
    expect(findingsOf(engine('mysql', 'closeAfter: 9999ms'))).toEqual(['MODEL_INVALID_TEXT 21:17']);
  });

  it('suggests nothing where nothing is near, and lists what is known', () => {
    const [hint] = hintsOf(changed('port: 3000', 'port: 3000\n    qqqqqq: 1'));
    expect(hint).toMatch(/^known keys: .*memory/);
  });
});

/** The valid environment with another engine, and one more line in its service. */
function engine(kind: string, line: string): string {
  return `${VALID.replace('kind: postgres', `kind: ${kind}`)}    ${line}\n`;
}
