import { controlOf, isDatabase } from '@flotilla/model';
import type { Environment } from '@flotilla/model';

/** What runs beside a database that asks for it, besides the guard and the endpoint, which every database has. */
export type DerivedImage = 'etcd' | 'pooler';

/** Names that the builder of images knows. */
const BENCH = { etcd: 'etcd', pooler: 'pgbouncer' } as const satisfies Readonly<Record<DerivedImage, string>>;

/** Gives the references of the images that the environment's databases derive: as it names them, else the bench's own. */
export function derivedImages({ images, services }: Environment): ReadonlyMap<DerivedImage, string> {
  const databases = Object.values(services).filter(isDatabase);
  const needs: Readonly<Record<DerivedImage, boolean>> = {
    etcd: databases.some((service) => controlOf(service) === 'patroni'),
    pooler: databases.some((service) => service.kind === 'postgres' && service.pooling !== undefined),
  };
  const wanted = (['etcd', 'pooler'] as const).filter((name) => needs[name]);
  return new Map(wanted.map((name) => [name, images[name] ?? BENCH[name]]));
}
