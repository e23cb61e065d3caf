import { compareText, unitFolder } from '@flotilla/model';
import type { DrainPoint, RenderedFile, ServiceUnit } from '@flotilla/model';

import { fillRunHash, renderCompose } from './compose.ts';
import { digestFiles } from './digest.ts';
import type { UnitDraft } from './draft.ts';
import type { Fleet } from './fleet.ts';

/** A unit with its files, the Compose file among them; sorted by path. */
export type RenderedUnit = { readonly unit: ServiceUnit; readonly files: readonly RenderedFile[] };

/** What a unit is told by the others. */
export type Surroundings = { readonly after: readonly string[]; readonly drains: readonly DrainPoint[] };

/**
 * Gives the finished unit. The run hash covers the Compose file with a blank in the hash's place, and every file whose change
 * replaces or restarts the container.
 */
export function renderUnit(fleet: Fleet, draft: UnitDraft, surroundings: Surroundings): RenderedUnit {
  const blank = renderCompose(fleet, draft);
  const compose = (text: string): RenderedFile => ({
    path: `${unitFolder(draft.unit.service)}/compose.yaml`,
    text,
    mode: 0o644,
    effect: 'recreate',
  });
  const running = draft.files.filter(({ effect }) => effect === 'recreate' || effect === 'restart');
  const runHash = digestFiles(sortByPath([compose(blank), ...running]), fleet.contentHash);
  const files = sortByPath([compose(fillRunHash(blank, runHash)), ...draft.files]);
  return { unit: { ...draft.unit, ...surroundings, hash: digestFiles(files, fleet.contentHash), runHash }, files };
}

/** Gives files sorted by path. */
export function sortByPath(files: readonly RenderedFile[]): readonly RenderedFile[] {
  return [...files].sort((left, right) => compareText(left.path, right.path));
}
