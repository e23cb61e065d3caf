import type { ServiceUnit } from '@flotilla/model';

/** What was seen of one unit on a server. */
export type ObservedUnit = {
  /** Hash of the release whose gate passed last. Absent before the first. */
  readonly appliedHash?: string;
  /** Run hash that its container carries. Absent when there is no container. */
  readonly runHash?: string;
  readonly running: boolean;
  /** Absent when nothing says. */
  readonly healthy?: boolean;
  /** Hash over its secrets that its container carries; absent or empty when it has none. */
  readonly secretsHash?: string;
  /** The unit as it was when it was applied. Absent when the server does not have it. */
  readonly definition?: ServiceUnit;
};

/** What was seen of a server: every unit of ours that has a release or a container there. */
export type ObservedServer = { readonly server: string; readonly units: Readonly<Record<string, ObservedUnit>> };
