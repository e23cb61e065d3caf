import type { Tree } from '@flotilla/model';

import type { ActiveChange } from './plan-units.ts';
import { guardedMembers } from './surroundings.ts';

/** One change on one server. */
export type Step = { readonly server: string; readonly change: ActiveChange };

/**
 * Gives changes of databases as waves: of each service one server at a time, replicas in their written order and the
 * primary last. A primary that is new or closed comes first: its replicas copy it, or wait for it, and a repair must reach it.
 */
export function dataSteps({
  after,
  steps,
  primaries,
  closed = [],
}: {
  readonly after: Tree;
  readonly steps: readonly Step[];
  readonly primaries?: Readonly<Record<string, string>>;
  readonly closed?: readonly string[];
}): readonly (readonly Step[])[] {
  const members = guardedMembers(after);
  const waves: Step[][] = [];
  for (const [service, own] of Map.groupBy(steps, ({ change }) => change.service)) {
    const written = members.get(service) ?? [];
    const observed = primaries !== undefined && Object.hasOwn(primaries, service) ? primaries[service] : undefined;
    const primary = observed ?? written[0];
    const rank = ({ server, change }: Step) => {
      const isFirst = change.kind === 'create' || closed.includes(service);
      if (server === primary) return isFirst ? -1 : written.length;
      return written.includes(server) ? written.indexOf(server) : written.length - 0.5;
    };
    for (const [index, step] of own.toSorted((left, right) => rank(left) - rank(right)).entries()) {
      (waves[index] ??= []).push(step);
    }
  }
  return waves.map((wave) => wave.toSorted((left, right) => (left.server < right.server ? -1 : 1)));
}
