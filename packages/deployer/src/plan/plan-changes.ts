import type { ServerTree, Tree } from '@flotilla/model';
import { compareText, unitFolder } from '@flotilla/model';

import { compareFiles } from './file-changes.ts';
import type { FileChange } from './file-changes.ts';
import { gravest } from './impact.ts';
import type { Differences, HostOperation, Operation, Plan, ServerPlan } from './plan.ts';
import { surveyTree } from './surroundings.ts';
import { planUnit } from './unit-operation.ts';
import type { Fleets, UnitState } from './unit-operation.ts';

/**
 * Gives what changes between two rendered fleets, git against git; no server is asked.
 * Without `before`, everything is new.
 */
export function planChanges(before: Tree | undefined, after: Tree): Plan {
  const old = new Map(before?.servers.map((tree) => [tree.server, tree]));
  const next = new Map(after.servers.map((tree) => [tree.server, tree]));
  const fleets = { before: surveyTree(before ?? after), after: surveyTree(after) };
  const names = [...new Set([...old.keys(), ...next.keys()])].sort(compareText);
  return {
    environment: after.environment,
    digest: after.digest,
    ...(before === undefined ? {} : { digestBefore: before.digest }),
    servers: names.map((server) => planServer({ server, before: old.get(server), after: next.get(server) }, fleets)),
  };
}

type ServerPair = {
  readonly server: string;
  readonly before: ServerTree | undefined;
  readonly after: ServerTree | undefined;
};

function planServer({ server, before, after }: ServerPair, fleets: Fleets): ServerPlan {
  const files = compareFiles(before?.files ?? [], after?.files ?? []);
  const operations = planOperations({ server, before, after }, files, fleets);
  return {
    server,
    ...(before === undefined ? {} : { digestBefore: before.digest }),
    ...(after === undefined ? {} : { digestAfter: after.digest }),
    files: differences(files.map(({ path, change }) => [path, change])),
    units: differences(
      operations.flatMap((one) => (one.kind === 'host-change' ? [] : [[one.service, changeOf(one.kind)]])),
    ),
    operations,
    impact: gravest(operations.map((operation) => operation.impact)),
    unavailability: summarize(operations),
  };
}

function planOperations(pair: ServerPair, files: readonly FileChange[], fleets: Fleets): readonly Operation[] {
  const byUnit = Map.groupBy(files, (file) => ownerOf(file.path));
  const before = statesOf(pair.before);
  const after = statesOf(pair.after);
  const names = new Set([...after.keys(), ...before.keys()]);
  const operations = [...names].flatMap((service) => {
    const unit = { before: before.get(service), after: after.get(service), files: byUnit.get(service) ?? [] };
    return planUnit(unit, fleets) ?? [];
  });
  return [...operations, ...hostOperations(files)];
}

function hostOperations(files: readonly FileChange[]): readonly HostOperation[] {
  const host = files.filter((file) => file.effect === 'host');
  if (host.length === 0) return [];
  const reason = host.map(({ path, change }) => `${path} ${change}`).join('; ');
  const unavailability = 'none: rendered for review, and not applied by a deploy';
  return [{ kind: 'host-change', reason, files: host, impact: 'none', unavailability }];
}

function statesOf(tree: ServerTree | undefined): ReadonlyMap<string, UnitState> {
  const texts = new Map(tree?.files.map((file) => [file.path, file.text]));
  const compose = (service: string) => texts.get(`${unitFolder(service)}/compose.yaml`) ?? '';
  return new Map(tree?.units.map((unit) => [unit.service, { unit, compose: compose(unit.service) }]));
}

/** Service that a path belongs to; the empty text for files outside of every unit. */
function ownerOf(path: string): string {
  const [folder, service, file] = path.split('/');
  return folder === 'services' && file !== undefined ? (service ?? '') : '';
}

function changeOf(kind: Exclude<Operation['kind'], 'host-change'>): FileChange['change'] {
  if (kind === 'create') return 'added';
  return kind === 'remove' ? 'removed' : 'changed';
}

function differences(changes: readonly (readonly [string, FileChange['change']])[]): Differences {
  const named = (wanted: FileChange['change']) =>
    changes.flatMap(([name, change]) => (change === wanted ? [name] : [])).sort(compareText);
  return { added: named('added'), changed: named('changed'), removed: named('removed') };
}

/** What clients notice, named by service; otherwise why they notice nothing. */
function summarize(operations: readonly Operation[]): string {
  const noticed = operations.flatMap((operation) =>
    operation.kind === 'host-change' || /^none(:|$)/.test(operation.unavailability)
      ? []
      : [`${operation.service}: ${operation.unavailability}`],
  );
  if (noticed.length > 0) return noticed.join('; ');
  const whys = operations.flatMap(({ unavailability }) => {
    const why = unavailability.slice('none: '.length);
    return why === '' ? [] : [why];
  });
  return whys.length === 0 ? 'none' : `none: ${[...new Set(whys)].join('; ')}`;
}
