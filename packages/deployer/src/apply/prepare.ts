import type { ServerLock } from '@flotilla/exec';
import { FlotillaError, formatSize } from '@flotilla/model';
import type { ServerTree, ServiceUnit } from '@flotilla/model';

import type { Observation } from '../observe/observation.ts';
import { lockOf, stopIfAsked } from './context.ts';
import type { DeployContext } from './context.ts';
import { pullImages } from './images.ts';
import { writeSecrets } from './secrets.ts';
import { packReleases, uploadReleases } from './upload.ts';

/** What one server needs before anything on it changes. */
export type Preparation = {
  readonly tree: ServerTree;
  readonly observation: Observation;
  /** Units that will change; never empty. */
  readonly units: readonly ServiceUnit[];
};

const RESERVE_BYTES = 64 * 2 ** 20;
/** Room for an image that is new on a server, whose size is not known before it is pulled. */
const NEW_IMAGE_BYTES = 2 ** 30;

/**
 * Brings releases, images and secrets to every server, each kind to all servers at once, before anything running is touched. Throws
 * DEPLOY_DISK_FULL, DEPLOY_PULL_FAILED, DEPLOY_INTERRUPTED or what a server failed with.
 */
export async function prepare(context: DeployContext, servers: readonly Preparation[]): Promise<void> {
  const uploads = servers.map(planUpload);
  uploads.forEach(demandDisk);
  await Promise.all(uploads.map((one) => upload(context, one)));
  stopIfAsked(context);
  await pullAll(context, servers);
  stopIfAsked(context);
  await Promise.all(servers.map(({ tree, units }) => writeSecretsOf(context, lockOf(context, tree.server), units)));
}

type Upload = Preparation & { readonly missing: readonly ServiceUnit[]; readonly archive: Uint8Array };

function planUpload(preparation: Preparation): Upload {
  const { tree, observation, units } = preparation;
  const has = ({ service, hash }: ServiceUnit) =>
    observation.releases.some((one) => one.service === service && one.releases.includes(hash));
  const missing = units.filter((unit) => !has(unit));
  return { ...preparation, missing, archive: packReleases(tree, missing) };
}

function demandDisk({ tree, observation, archive, units }: Upload): void {
  const known = new Set(observation.containers.map(({ image }) => image));
  const newImages = units.some(({ image }) => !known.has(image)) ? NEW_IMAGE_BYTES : 0;
  const needed = 2 * archive.length + newImages + RESERVE_BYTES;
  if (observation.freeBytes >= needed) return;
  const facts = { server: tree.server, free: formatSize(observation.freeBytes), needed: formatSize(needed) };
  throw new FlotillaError('DEPLOY_DISK_FULL', facts);
}

async function upload(context: DeployContext, { tree, missing, archive }: Upload): Promise<void> {
  if (missing.length === 0) return;
  const { server } = tree;
  await uploadReleases(lockOf(context, server), archive);
  const services = missing.map(({ service }) => service);
  context.events({ kind: 'uploaded', server, services, sizeBytes: archive.length });
}

async function pullAll(context: DeployContext, servers: readonly Preparation[]): Promise<void> {
  const pulls = servers.map(async ({ tree: { server }, units }) => {
    const images = [...new Set(units.map(({ image }) => image))].toSorted();
    context.events({ kind: 'pulling', server, images });
    const result = await pullImages(context.fleet.server(server), images);
    context.events({ kind: 'pulled', server, images: result.pulled });
    return result;
  });
  const failed = (await Promise.all(pulls)).find((result) => result.failed.length > 0);
  if (failed === undefined) return;
  const { server, failed: images, detail } = failed;
  throw new FlotillaError('DEPLOY_PULL_FAILED', { server, images, detail });
}

async function writeSecretsOf(context: DeployContext, lock: ServerLock, units: readonly ServiceUnit[]): Promise<void> {
  const services = await writeSecrets(lock, units, context.secrets);
  if (services.length > 0) context.events({ kind: 'secrets-written', server: lock.server.name, services });
}
