import { controlOf, isDatabase } from '@flotilla/model';
import type { ProbeSpec, RenderedFile, Service, ServiceUnit, Tier } from '@flotilla/model';

import { injectVariables } from './connections.ts';
import type { Container, UnitDraft } from './draft.ts';
import { placedOn } from './fleet.ts';
import type { Fleet, Place } from './fleet.ts';
import type { Publish } from './publishes.ts';
import { containerName } from './compose.ts';

/** What a kind decides about a declared service; the rest is the same for all. */
export type DeclaredParts = {
  readonly tier: Tier;
  readonly publishes: readonly Publish[];
  readonly gates: readonly ProbeSpec[];
  readonly container: Omit<Container, 'network' | 'stopGraceMs' | 'volumes'> & Partial<Container>;
  readonly files?: readonly RenderedFile[];
  readonly reload?: readonly string[];
  readonly replicaFloors?: Readonly<Record<string, number>>;
  readonly secretFiles?: readonly string[];
  readonly directories?: readonly string[];
};

/** Gives the draft of a declared service: its own fields, variables, secrets and volumes, and what its kind decides. */
export function draftDeclared(
  fleet: Fleet,
  { place, service }: { readonly place: Place; readonly service: Service },
  parts: DeclaredParts,
): UnitDraft {
  const injected = injectVariables(fleet, place, service);
  const volumes = Object.entries(service.volumes)
    .map(([name, target]) => ({ name: `${containerName(fleet, place.service)}-${name}`, target }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
  return {
    unit: {
      server: place.server,
      service: place.service,
      kind: service.kind,
      tier: parts.tier,
      image: service.image,
      publishes: parts.publishes,
      memoryBytes: service.memory,
      cpus: service.cpus,
      gates: parts.gates,
      secretEnv: injected.secretEnv,
      secretFiles: parts.secretFiles ?? [],
      directories: parts.directories ?? [],
      ...(parts.reload ? { reload: parts.reload } : {}),
      ...(parts.replicaFloors ? { replicaFloors: parts.replicaFloors } : {}),
      ...membership(fleet, place, service),
    },
    container: {
      network: { kind: 'shared', alias: place.service },
      stopGraceMs: service.stopGrace,
      ...parts.container,
      environment: { ...parts.container.environment, ...injected.environment },
      mounts: [...(parts.container.mounts ?? []), ...volumes.map(({ name, target }) => `${name}:${target}`)],
      volumes: volumes.map(({ name }) => name),
    },
    files: parts.files ?? [],
  };
}

/** Beside the files, not in them: who is preferred is no reason to restart anything. */
function membership(fleet: Fleet, place: Place, service: Service): Pick<ServiceUnit, 'control' | 'preference'> {
  if (!isDatabase(service)) return {};
  const preference = [...placedOn(fleet, place.service)].indexOf(place.server);
  return { control: controlOf(service), preference };
}
