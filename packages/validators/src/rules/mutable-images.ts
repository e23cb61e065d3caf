import type { Finding } from '@flotilla/model';
import { finding, isDatabase } from '@flotilla/model';

import { tagOf } from '../image-reference.ts';
import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';

type Use = { readonly image: string; readonly path: readonly string[]; readonly keepsData: boolean };

/**
 * Every image is pinned by digest; a tag that moves by design is refused.
 * A sandbox builds and tags its own images, so nothing is said of those.
 */
export const mutableImages: EnvironmentRule = {
  name: 'mutable-images',
  check: (input) => (input.environment.sandbox ? [] : images(input).flatMap((use) => check(input, use))),
};

function check({ sources }: EnvironmentInput, { image, path, keepsData }: Use): readonly Finding[] {
  if (image.includes('@sha256:')) return [];
  const at = sources.valueAt(path);
  const why = whyFloating(tagOf(image));
  if (why !== undefined) return [finding('VALIDATE_IMAGE_FLOATING', { image, why }, at)];
  return [finding(keepsData ? 'VALIDATE_IMAGE_UNPINNED_DATA' : 'VALIDATE_IMAGE_UNPINNED', { image }, at)];
}

function images({ environment }: EnvironmentInput): readonly Use[] {
  const own = Object.entries(environment.images).flatMap(([name, image]) =>
    image === undefined ? [] : [{ image, path: ['images', name], keepsData: false }],
  );
  const services = servicesOf(environment).map(([name, service]) => ({
    image: service.image,
    path: ['services', name, 'image'],
    keepsData: isDatabase(service),
  }));
  return [...own, ...services];
}

function whyFloating(tag: string | undefined): string | undefined {
  if (tag === undefined || tag === '') return 'has no tag, which means latest';
  if (!/\d/.test(tag)) return `has the tag ${tag}, which is pushed again and again`;
  if (/^v?\d{1,3}(-.*)?$/.test(tag)) return `names a major version only (${tag}), which moves with every release`;
  return undefined;
}
