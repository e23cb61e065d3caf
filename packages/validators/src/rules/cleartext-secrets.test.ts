import { describe, expect, it } from 'vitest';

import { fleet, found, parse, place } from '../../test/support.ts';
import { cleartextSecrets } from './cleartext-secrets.ts';

const worker = (variables: string) =>
  fleet({ services: `  w: { kind: worker, image: IMAGE, on: [a], memory: 1GiB, env: { ${variables} } }` });

describe('cleartext-secrets', () => {
  it.each([
    'SESSION_DRIVER: database',
    'DB_PASSWORD: "${DB_PASSWORD}"',
    'DB_PASSWORD: ""',
    'DB_PASSWORD_FILE: /run/secrets/db',
    'TOKEN_TTL: 3600',
    'PASSWORD_MIN_LENGTH: 12',
    'REQUIRE_PASSWORD: true',
    'DATABASE_URL: "postgres://app@database:5432/app"',
    'DATABASE_URL: "postgres://app:${DB_PASSWORD}@database:5432/app"',
    'COMPASS: north',
  ])('accepts %s', (variable) => {
    expect(found(cleartextSecrets, worker(variable))).toEqual([]);
  });

  it.each([
    'DB_PASSWORD: hunter2',
    'PGPASSWORD: hunter2',
    'DB_PASSWORD: 12345678',
    'STRIPE_API_KEY: abc',
    'api_token: abc',
    'APP_KEY: "base64:abc"',
    'SECRET_KEY_BASE: abc',
  ])('rejects %s', (variable) => {
    const text = worker(variable);
    const value = variable.slice(variable.indexOf(': ') + 2);
    expect(found(cleartextSecrets, text)).toEqual([`VALIDATE_CLEARTEXT_SECRET ${place(text, `${value} } }`)}`]);
  });

  it.each([
    'DATABASE_URL: "postgres://app:hunter2@db/app"',
    'CACHE: "redis://:hunter2@cache:6379"',
    'NOTE: AKIAABCDEFGHIJKLMNOP',
  ])('rejects a value that is secret by its shape: %s', (variable) => {
    expect(found(cleartextSecrets, worker(variable))).toHaveLength(1);
  });

  it('rejects a secret on a command line, at the argument', () => {
    const text = fleet({
      services:
        '  w: { kind: worker, image: IMAGE, on: [a], memory: 1GiB, command: [run, --password, hunter2, --token=abc] }',
    });
    expect(found(cleartextSecrets, text)).toEqual([
      `VALIDATE_CLEARTEXT_SECRET ${place(text, 'hunter2')}`,
      `VALIDATE_CLEARTEXT_SECRET ${place(text, '--token=abc')}`,
    ]);
  });

  it('never repeats the secret in what it says', () => {
    const said = JSON.stringify(cleartextSecrets.check(parse(worker('A_TOKEN: hunter2, URL: "http://u:hunter2@x"'))));
    expect(said).toContain('A_TOKEN');
    expect(said).not.toContain('hunter2');
  });
});
