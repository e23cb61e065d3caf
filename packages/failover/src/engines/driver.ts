import type { RemoteServer } from '@flotilla/exec';
import type { EngineFacts } from '@flotilla/model';

import type { GuardedTarget } from '../observe.ts';
import type { Divergence, Export } from '../report.ts';
import type { Session } from '../session.ts';

/** Where kept data are to be exported to. */
export type ExportRequest = {
  readonly divergence: Divergence;
  /** Folder on the server, which exists and belongs to the account that deploys. */
  readonly folder: string;
};

/** What the commands ask of a kind of engine beyond what its guard says. */
export type EngineDriver = {
  /** Shortens the clean end of a running primary's reign, such as by a checkpoint. A failure costs only time. */
  prepareHandOver(remote: RemoteServer, target: GuardedTarget): Promise<void>;
  /** Gives the commit time of the last write that a replica has applied, ISO 8601 UTC; `undefined` when it cannot tell. */
  lastApplied(remote: RemoteServer, target: GuardedTarget): Promise<string | undefined>;
  /**
   * Counts what only `remote` had, in the data that were kept aside when it rejoined in `term`; `primary` are the facts of
   * the primary that it follows. `undefined` when nothing was kept, which means that nothing diverged.
   */
  countDivergence(
    remote: RemoteServer,
    target: GuardedTarget,
    since: { readonly primary: EngineFacts; readonly term: number },
  ): Promise<Divergence | undefined>;
  /**
   * Writes what was kept aside into a file of the folder, readable by people, and leaves what was kept as it was. Throws
   * FAILOVER_EXPORT_FAILED. Absent where the kept folder is all there is.
   */
  exportDivergence?(remote: RemoteServer, target: GuardedTarget, request: ExportRequest): Promise<Export>;
};

/** Who hands over to whom. */
export type Change = { readonly from: string; readonly to: string };

/** Who returns, and whom it follows then. */
export type Return = { readonly server: string; readonly primary: string };

/** What the commands ask of an engine that decides by consensus; the guards only report its roles. */
export type ConsensusDriver = {
  /**
   * Hands a healthy primary's role over without losing an acknowledged write, and returns once `to` takes writes. Gives when nothing
   * was accepted by `from` any more (milliseconds since the epoch) and what proves it. Throws FAILOVER_STOP_NOT_PROVED (`from` is
   * primary again) or FAILOVER_PROMOTION_FAILED.
   */
  handOver(session: Session, change: Change): Promise<{ readonly provedMs: number; readonly evidence: string }>;
  /**
   * After `from` was proved to be out: has the others make `to` primary at once instead of when their timers end, and returns once it
   * takes writes. Throws FAILOVER_PROMOTION_FAILED.
   */
  replace(session: Session, change: Change): Promise<void>;
  /**
   * Brings a member back whose container runs again: what only it had is kept aside first, then it follows. Returns once it does.
   * Throws FAILOVER_REJOIN_FAILED.
   */
  rejoin(session: Session, member: Return): Promise<Divergence | undefined>;
};
