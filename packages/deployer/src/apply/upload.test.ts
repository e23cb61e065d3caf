import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { localServer } from '../../test/local-server.ts';
import type { LocalServer } from '../../test/local-server.ts';
import { sketchTree } from '../../test/sketch.ts';
import { packReleases, uploadReleases } from './upload.ts';

let server: LocalServer;
beforeEach(() => void (server = localServer()));
afterEach(() => server.remove());

const tree = sketchTree({ app1: [{ service: 'web', config: 'größe $HOME\n' }] }).servers[0]!;
const web = tree.units[0]!;
const lock = () => ({ server, environment: 'waybill', token: 7 });
const folder = () => join(server.root, 'waybill', 'services', 'web', 'releases');

it('puts every file of a release in place, with its definition beside it', async () => {
  await uploadReleases(lock(), packReleases(tree, tree.units));
  expect(readdirSync(folder()).toSorted()).toEqual([web.hash, `${web.hash}.json`].toSorted());
  expect(readFileSync(join(folder(), web.hash, 'app.conf'), 'utf8')).toBe('größe $HOME\n');
  expect(statSync(join(folder(), web.hash, 'app.conf')).mode & 0o777).toBe(0o644);
  expect(JSON.parse(readFileSync(join(folder(), `${web.hash}.json`), 'utf8'))).toEqual(JSON.parse(JSON.stringify(web)));
});

it('may be repeated and leaves nothing of its own behind', async () => {
  await uploadReleases(lock(), packReleases(tree, tree.units));
  await uploadReleases(lock(), packReleases(tree, tree.units));
  expect(readdirSync(join(server.root, 'waybill')).toSorted()).toEqual(['lock', 'services']);
});

it('leaves no release when a byte was lost on the way', async () => {
  const archive = Uint8Array.from(packReleases(tree, tree.units));
  const at = Buffer.from(archive).indexOf('größe');
  archive[at] = 'G'.charCodeAt(0);
  await expect(uploadReleases(lock(), archive)).rejects.toMatchObject({ code: 'EXEC_REMOTE_FAILED' });
  expect(existsSync(folder())).toBe(false);
});

it('leaves no release when the stream was cut', async () => {
  const archive = packReleases(tree, tree.units).subarray(0, 700);
  await expect(uploadReleases(lock(), archive)).rejects.toMatchObject({ code: 'EXEC_REMOTE_FAILED' });
  expect(existsSync(folder())).toBe(false);
});

it('does nothing without the lock', async () => {
  const uploading = uploadReleases({ ...lock(), token: 6 }, packReleases(tree, tree.units));
  await expect(uploading).rejects.toMatchObject({ code: 'EXEC_REMOTE_FAILED' });
  expect(existsSync(folder())).toBe(false);
});
