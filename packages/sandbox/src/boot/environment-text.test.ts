import { environmentSchema, parseEnvironment } from '@flotilla/model';
import { describe, expect, it } from 'vitest';

import { environmentText } from './environment-text.ts';

const BASE = `environment: small
servers:
  app1: { host: 192.0.2.11, cpus: 2, memory: 2GiB, ssh: { port: 2222 } }
  db1: { host: 192.0.2.12, cpus: 2, memory: 2GiB, power: { qm: 113, via: 192.0.2.2 } }
  db2:
    host: 192.0.2.13
    cpus: 2
    memory: 2GiB
    power: { off: [cut, db2], status: [ask, db2], offWhen: dark }
services:
  app: { kind: app, image: "example/app:1", on: [app1], memory: 1GiB, port: 3000, uses: [database] }
  database: { kind: postgres, image: "postgres:17.6", primary: db1, replicas: [db2], databases: [main], memory: 1GiB }
`;

const DIGEST = `sha256:${'a'.repeat(64)}`;

function parse(entry: string, files: Readonly<Record<string, string>>) {
  const parsed = parseEnvironment({ entry, read: (path) => files[path] });
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings));
  return parsed.environment;
}

const ENTRY = 'environments/small/environment.yaml';
const real = parse(ENTRY, { [ENTRY]: BASE });
const text = environmentText(real, {
  extends: '../../../environments/small',
  addresses: new Map([
    ['app1', '172.18.0.11'],
    ['db1', '172.18.0.12'],
    ['db2', '172.18.0.13'],
  ]),
  images: new Map([
    ['example/app:1', `registry:5000/app@${DIGEST}`],
    ['postgres:17.6', `registry:5000/postgres@${DIGEST}`],
  ]),
  guardImage: `registry:5000/guard@${DIGEST}`,
  endpointImage: `registry:5000/haproxy@${DIGEST}`,
});

describe('environmentText', () => {
  const SANDBOX = '.flotilla/sandbox/small/environment.yaml';
  const sandbox = () => parse(SANDBOX, { [ENTRY]: BASE, [SANDBOX]: text });

  it('differs from the real environment in addresses, images and power drivers alone', () => {
    const restored = sandbox();
    const undo = {
      ...restored,
      sandbox: false,
      images: {},
      servers: Object.fromEntries(
        Object.entries(restored.servers).map(([name, server]) => {
          const { host, power } = real.servers[name]!;
          return [name, { ...server, host, power }];
        }),
      ),
      services: Object.fromEntries(
        Object.entries(restored.services).map(([name, service]) => [
          name,
          { ...service, image: real.services[name]!.image },
        ]),
      ),
    };
    expect({ ...undo, extends: undefined }).toEqual(real);
  });

  it('says that it is a sandbox, and where everything is', () => {
    expect(sandbox()).toMatchObject({
      sandbox: true,
      servers: { app1: { host: '172.18.0.11', ssh: { port: 2222 } } },
      services: { database: { image: `registry:5000/postgres@${DIGEST}` } },
      images: { guard: `registry:5000/guard@${DIGEST}`, endpoint: `registry:5000/haproxy@${DIGEST}` },
    });
  });

  it.each(['db1', 'db2'])('replaces the whole power driver of %s', (name) => {
    expect(sandbox().servers[name]?.power).toEqual({
      off: ['docker', 'kill', `flotilla-small-sandbox-${name}`],
      status: ['docker', 'inspect', '-f', '{{.State.Running}}', `flotilla-small-sandbox-${name}`],
      offWhen: 'false',
      on: ['docker', 'start', `flotilla-small-sandbox-${name}`],
    });
  });

  it('gives no power driver to a server that has none', () => {
    expect(sandbox().servers['app1']?.power).toBeUndefined();
  });

  it('refuses an environment with a server that has no address', () => {
    const one = environmentSchema.parse({
      environment: 'one',
      servers: { a: { host: '192.0.2.1', cpus: 1, memory: '1GiB' } },
      services: {},
    });
    const facts = { extends: '..', addresses: new Map(), images: new Map(), guardImage: 'g', endpointImage: 'e' };
    expect(() => environmentText(one, facts)).toThrow('no address for a');
  });
});
