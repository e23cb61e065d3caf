import type { EngineFacts, GuardStatus, GuardVerdict, SeenTerm, SynchronousMode, TermRecord } from '@flotilla/model';

/** What a guard reads of a peer in one answer. */
export type PeerRead = Pick<GuardStatus, 'record' | 'remembers' | 'verdict' | 'engine'>;

/** Everything that a decision about one service rests on, on one server, at one moment. */
export type View = {
  readonly self: string;
  /** Identity of this boot of the server. */
  readonly bootId: string;
  /** Every voter, this server included. */
  readonly servers: readonly string[];
  /** Servers that hold the service's data. */
  readonly members: readonly string[];
  /** This server's own record. */
  readonly record: TermRecord | null;
  /** Highest term ever seen from each peer; survives reboots. */
  readonly remembers: Readonly<Record<string, SeenTerm>>;
  /** Answers of the latest round, all read since this boot. A silent peer is absent. */
  readonly reads: Readonly<Record<string, PeerRead>>;
  readonly engine: EngineFacts;
  /** The verdict in force. */
  readonly verdict: GuardVerdict;
  /** Start of the engine that the open verdict in force was given to. */
  readonly openedStart?: string;
  /** Milliseconds since a majority was last heard. */
  readonly silentMs: number;
  /** Close after so long a silence. Absent means that silence does not close. */
  readonly closeAfterMs?: number;
  /** Absent means that acknowledgements wait for nobody. */
  readonly synchronous?: SynchronousMode;
};

/** Orders records: by term, then claimed before promoted. Nothing at all ranks 0. */
export function rankOf(seen: SeenTerm | null | undefined): number {
  if (!seen) return 0;
  return seen.term * 2 + (seen.phase === 'promoted' ? 1 : 0);
}

/** Gives the peers that answered, sorted by name, with what they said. */
export function answersOf(view: View): readonly (readonly [string, PeerRead])[] {
  return Object.entries(view.reads).filter(([name]) => name !== view.self && view.servers.includes(name));
}

/** Gives the highest rank that anybody within reach remembers of `server`; 0 when nobody does. */
export function rememberedRank(view: View, server: string): number {
  const memories = answersOf(view).map(([, read]) => rankOf(read.remembers[server]));
  return Math.max(rankOf(view.remembers[server]), ...memories);
}

/** Gives the record of `server` when it may vote: present, heard, and not lower than anybody within reach remembers. */
export function votingRecord(view: View, server: string): TermRecord | null {
  const record = server === view.self ? view.record : (view.reads[server]?.record ?? null);
  return record !== null && rankOf(record) >= rememberedRank(view, server) ? record : null;
}
