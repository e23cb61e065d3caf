import type { Control, EngineFacts } from '@flotilla/model';

import { formatPosition, hasPosition, holdsEverything, lagBetween } from './position.ts';
import type { Lag } from './position.ts';
import { majorityOf, serverView } from './view.ts';
import type { ServiceView } from './view.ts';

/** What a failover would lose, as far as can be told before it. */
export type LossEstimate = {
  /** False only when it is known that every acknowledged write is on the new primary. */
  readonly isPossible: boolean;
  /** Where the old primary's data stood when somebody last read it, at most a third of a second before it died; absent when nobody did. */
  readonly lastSeen?: { readonly position: string; readonly agoMs: number };
  /** Where the new primary's data stand. */
  readonly received: string;
  /** What of `lastSeen` the new primary lacks: the least that is lost. Absent when it cannot be told. */
  readonly missing?: Lag;
};

/** The last that anybody read of a member's running engine. */
export type Sighting = { readonly engine: EngineFacts; readonly agoMs: number };

/** Gives the freshest memory that the guards have of a member's running engine; `undefined` when none saw it. */
export function lastSighting(view: ServiceView, member: string): Sighting | undefined {
  const memories = view.servers.flatMap(({ guard }) => guard?.seen?.[member] ?? []);
  return memories.toSorted((left, right) => left.agoMs - right.agoMs)[0];
}

type Succession = { readonly from: string; readonly to: string; readonly control: Control };

/** Estimates what is lost when `to` takes over from `from`. */
export function estimateLoss(view: ServiceView, { from, to, control }: Succession): LossEstimate {
  const next = serverView(view, to).guard?.engine;
  const seen = lastSighting(view, from);
  const missing = lagBetween(seen?.engine, next);
  const isLossless =
    handedOver(view, { from, to, control }) || isOnMajority(view, control) || isStrict(view, { from, to, control });
  return {
    isPossible: !isLossless,
    ...(seen === undefined ? {} : { lastSeen: { position: formatPosition(seen.engine), agoMs: seen.agoMs } }),
    received: formatPosition(next),
    ...(missing === undefined ? {} : { missing }),
  };
}

/** The old primary lies still where it can be read, and the new one holds all of it. */
function handedOver(view: ServiceView, { from, to }: Succession): boolean {
  const old = serverView(view, from).guard?.engine;
  const next = serverView(view, to).guard?.engine;
  return old !== undefined && next !== undefined && holdsEverything(old, next);
}

/** Group Replication acknowledges a commit once a majority of its members has received it. */
function isOnMajority(view: ServiceView, control: Control): boolean {
  if (control !== 'group-replication') return false;
  const answering = view.members.filter((member) => serverView(view, member).guard?.engine.state === 'running');
  return answering.length >= majorityOf(view.members.length);
}

/** Under `strict`, every acknowledged write is on a member beside the primary: when all of those are seen, the one that holds most has it. */
function isStrict(view: ServiceView, { from, to }: Succession): boolean {
  if (lastSighting(view, from)?.engine.synchronous?.mode !== 'strict') return false;
  const target = serverView(view, to).guard?.engine;
  const others = view.members
    .filter((member) => member !== from)
    .map((member) => serverView(view, member).guard?.engine);
  return others.every(
    (engine) => engine !== undefined && hasPosition(engine) && lagBetween(engine, target)?.amount === 0n,
  );
}
