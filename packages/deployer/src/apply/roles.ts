import { compareText } from '@flotilla/model';
import type { GuardStatus } from '@flotilla/model';

import type { Observation, ServerObservation } from '../observe/observation.ts';
import type { RolesSeen } from '../plan/plan-roles.ts';

/** Gives who has which role in what the guards of the fleet answered. */
export function rolesIn(answers: readonly ServerObservation[]): Required<RolesSeen> {
  const reached = answers.filter((one): one is Observation => one.kind === 'reached');
  const statuses = reached.flatMap(({ guards }) => Object.values(guards));
  return {
    primaries: primariesIn(statuses),
    standbys: standbysIn(statuses),
    closed: closedIn(statuses, deployedIn(reached)),
  };
}

/** Open verdicts and running primaries of a consensus say who is primary; where there is none, the highest record says who may be. */
function primariesIn(statuses: readonly GuardStatus[]): Readonly<Record<string, string>> {
  const best = new Map<string, { readonly rank: number; readonly server: string }>();
  for (const status of statuses) {
    const { service, server, record } = status;
    const claims = [
      ...(isOpen(status) ? [{ rank: Number.MAX_SAFE_INTEGER, server }] : []),
      ...(record === null ? [] : [{ rank: record.term, server: record.holder }]),
    ];
    for (const claim of claims) if (claim.rank > (best.get(service)?.rank ?? 0)) best.set(service, claim);
  }
  return Object.fromEntries([...best].map(([service, { server }]) => [service, server]));
}

function standbysIn(statuses: readonly GuardStatus[]): Readonly<Record<string, readonly string[]>> {
  const standbys = statuses.filter(
    ({ verdict, engine }) =>
      (verdict.kind === 'replica' || verdict.kind === 'yielded') &&
      engine.state === 'running' &&
      engine.role === 'replica' &&
      engine.streaming === true,
  );
  const byService = Map.groupBy(standbys, ({ service }) => service);
  return Object.fromEntries(
    [...byService].map(([service, own]) => [service, own.map(({ server }) => server).toSorted(compareText)]),
  );
}

/** With a record, or under a consensus with a release that was well once, it was deployed before. */
function closedIn(statuses: readonly GuardStatus[], deployed: ReadonlySet<string>): readonly string[] {
  const known = statuses.filter(
    ({ service, record, verdict }) => record !== null || (verdict.kind === 'yielded' && deployed.has(service)),
  );
  const open = new Set(statuses.filter(isOpen).map(({ service }) => service));
  const closed = new Set(known.map(({ service }) => service).filter((service) => !open.has(service)));
  return [...closed].toSorted(compareText);
}

function isOpen({ verdict, engine }: GuardStatus): boolean {
  return verdict.kind === 'yielded' ? engine.state === 'running' && engine.role === 'primary' : verdict.kind === 'open';
}

function deployedIn(reached: readonly Observation[]): ReadonlySet<string> {
  return new Set(
    reached.flatMap(({ releases }) =>
      releases.filter(({ applied }) => applied !== undefined).map(({ service }) => service),
    ),
  );
}
