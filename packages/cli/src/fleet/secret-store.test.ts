import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { fakeClock, recordingRunner } from '@flotilla/exec';
import { environmentSchema } from '@flotilla/model';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import type { Context } from '../command.ts';
import type { Fleet } from '../load-fleet.ts';
import { secretStore } from './secret-store.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'test', 'fixtures', 'sops');
let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'secrets-'));
});

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true });
});

function storeIn(folder: string) {
  const context: Context = {
    root: folder,
    cwd: folder,
    variables: {},
    json: false,
    verbose: false,
    sandbox: false,
    runner: recordingRunner(() => ({})),
    clock: fakeClock(),
    signal: new AbortController().signal,
    write: () => undefined,
    say: () => undefined,
  };
  const environment = environmentSchema.parse({ environment: 'shop', servers: {}, services: {} });
  // Only what a store asks of a fleet.
  const fleet = { environment, files: ['environment.yaml'] } as unknown as Fleet;
  return secretStore(fleet, context);
}

test('opens a SOPS file with the key that the variable names', async () => {
  cpSync(join(fixtures, 'secrets.sops.yaml'), join(root, 'secrets.sops.yaml'));
  vi.stubEnv('SOPS_AGE_KEY_FILE', join(fixtures, 'key.txt'));
  const secret = await storeIn(root).read('database-superuser');
  expect(secret.reveal()).toMatch(/^[A-Za-z0-9_-]{32}$/);
  expect(String(secret)).not.toContain(secret.reveal());
});

test('names the entry that a file does not hold', async () => {
  cpSync(join(fixtures, 'secrets.sops.yaml'), join(root, 'secrets.sops.yaml'));
  vi.stubEnv('SOPS_AGE_KEY_FILE', join(fixtures, 'key.txt'));
  await expect(storeIn(root).read('database-replication')).rejects.toMatchObject({ code: 'CLI_NO_SECRET' });
});

test('says that there is no file, or no key that opens it', async () => {
  await expect(storeIn(root).read('a')).rejects.toMatchObject({ code: 'CLI_NO_SECRETS' });
  cpSync(join(fixtures, 'secrets.sops.yaml'), join(root, 'secrets.sops.yaml'));
  vi.stubEnv('HOME', root);
  vi.stubEnv('SOPS_AGE_KEY', '');
  vi.stubEnv('SOPS_AGE_KEY_FILE', join(root, 'absent.txt'));
  await expect(storeIn(root).read('database-guard')).rejects.toMatchObject({ code: 'CLI_NO_SECRETS' });
});
