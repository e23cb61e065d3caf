import type { Environment } from '@flotilla/model';
import { finding } from '@flotilla/model';

import type { TreeRule } from './rule.ts';
import { unitPosition } from './unit-position.ts';

/** Kinds of derived unit whose image is named under `images` by the name of the kind. */
const DERIVED = ['guard', 'endpoint', 'etcd', 'pooler'] as const satisfies readonly (keyof Environment['images'])[];

/** What runs by default is pinned as well; said once for each kind. What `images` names is looked at elsewhere, and a sandbox has its own. */
export const defaultImages: TreeRule = {
  name: 'default-images',
  check: (input) => {
    const { environment, tree } = input;
    if (environment.sandbox) return [];
    const units = tree.servers.flatMap((server) => server.units);
    return DERIVED.flatMap((kind) => {
      const unit = units.find((one) => one.kind === kind);
      if (unit === undefined || environment.images[kind] !== undefined || unit.image.includes('@sha256:')) return [];
      const facts = { unit: kind, image: unit.image, environment: environment.environment };
      return [finding('VALIDATE_IMAGE_DEFAULT', facts, unitPosition(input, unit.service))];
    });
  },
};
