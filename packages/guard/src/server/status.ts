import type { GuardStatus } from '@flotilla/model';

import { votingRecord } from '../policy/view.ts';
import type { View } from '../policy/view.ts';

/** Gives what a view says to people, tools and the other guards. `peers` are the other voters. */
export function statusOf(view: View, peers: readonly string[]): Omit<GuardStatus, 'environment' | 'service' | 'seen'> {
  return {
    server: view.self,
    record: view.record,
    verdict: view.verdict,
    engine: view.engine,
    peers: Object.fromEntries(peers.map((peer) => [peer, view.reads[peer]?.record ?? null])),
    remembers: view.remembers,
    votes: votingRecord(view, view.self) !== null,
    hears: Object.keys(view.reads),
    bootId: view.bootId,
  };
}
