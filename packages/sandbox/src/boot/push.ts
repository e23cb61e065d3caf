import type { CommandRunner } from '@flotilla/exec';

import type { LocalImage, PreparedImages } from './image-source.ts';
import { publishedPort, pushToRegistry } from './registry.ts';

/** The references by digest that the servers pull. */
export type PushedImages = {
  readonly guard: string;
  readonly endpoint: string;
  /** Image reference of the real environment to the one in the sandbox's registry. */
  readonly references: ReadonlyMap<string, string>;
};

/** Pushes every image that the servers need to the registry on `port`. Throws SANDBOX_PUSH_FAILED. */
export async function pushImages(runner: CommandRunner, port: number, images: PreparedImages): Promise<PushedImages> {
  const locals = [images.guard, images.endpoint, ...images.references.values()];
  const tags = new Map(locals.map((image) => [image.tag, image]));
  const [first, ...rest] = [...tags.values()];
  if (first === undefined) throw new Error('a sandbox has at least the guard to push');
  const push = async (image: LocalImage): Promise<[string, string]> => [
    image.tag,
    await pushToRegistry(runner, { port, name: image.name, localTag: image.tag }),
  ];
  // The first carries the base that the others share; then they mount it instead of sending it once each.
  const pushed = new Map([await push(first), ...(await Promise.all(rest.map(push)))]);
  const find = (image: LocalImage) => pushed.get(image.tag) ?? image.tag;
  const references = new Map([...images.references].map(([reference, image]) => [reference, find(image)]));
  return { guard: find(images.guard), endpoint: find(images.endpoint), references };
}

/**
 * Pushes one more local image to the registry of a running sandbox, and gives the reference by digest for its servers: a new
 * release to deploy. Throws SANDBOX_NOT_UP and SANDBOX_PUSH_FAILED.
 */
export async function pushImage(
  runner: CommandRunner,
  { environment, image }: { readonly environment: string; readonly image: LocalImage },
): Promise<string> {
  const port = await publishedPort(runner, environment);
  return pushToRegistry(runner, { port, name: image.name, localTag: image.tag });
}
