import type {
  EngineFacts,
  EnginePosition,
  GuardVerdict,
  SeenTerm,
  SynchronousFacts,
  TermRecord,
  TimelineSwitch,
} from '@flotilla/model';

import type { PeerRead } from '../policy/view.ts';

type Fields = Readonly<Record<string, unknown>>;

/** True for an object whose fields can be looked at. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a term and a phase. */
export function isSeen(value: unknown): value is SeenTerm {
  if (!isFields(value)) return false;
  const isTerm = typeof value['term'] === 'number' && Number.isSafeInteger(value['term']) && value['term'] >= 1;
  return isTerm && (value['phase'] === 'claimed' || value['phase'] === 'promoted');
}

/** Gives the record in a parsed JSON value, or `null` when it is not one. */
export function parseRecord(value: unknown): TermRecord | null {
  if (!isFields(value) || !isSeen(value)) return null;
  // Widened again after the guard above narrowed it to the two fields that it looks at.
  const fields = value as Fields;
  const { holder, at, fenced, fencedIn } = fields;
  if (typeof holder !== 'string' || typeof at !== 'string') return null;
  const hasProof = isTexts(fenced) && typeof fencedIn === 'string';
  return { term: value.term, holder, phase: value.phase, at, ...(hasProof ? { fenced, fencedIn } : {}) };
}

/** Gives the memories in a parsed JSON value; what is not one is left out. */
export function parseMemory(value: unknown): Readonly<Record<string, SeenTerm>> {
  if (!isFields(value)) return {};
  const entries = Object.entries(value).flatMap(([server, seen]) =>
    isSeen(seen) ? [[server, { term: seen.term, phase: seen.phase }] as const] : [],
  );
  return Object.fromEntries(entries);
}

/** Gives what a peer's status says, or `undefined` when it is not a status of `service` on `server`. */
export function parseStatus(value: unknown, expected: { server: string; service: string }): PeerRead | undefined {
  if (!isFields(value) || value['server'] !== expected.server || value['service'] !== expected.service)
    return undefined;
  const verdict = parseVerdict(value['verdict']);
  const engine = parseEngine(value['engine']);
  if (verdict === undefined || engine === undefined) return undefined;
  return { record: parseRecord(value['record']), remembers: parseMemory(value['remembers']), verdict, engine };
}

function parseVerdict(value: unknown): GuardVerdict | undefined {
  if (!isFields(value)) return undefined;
  const { kind, reason, term, of, to } = value;
  if (kind === 'yielded')
    return to === 'patroni' || to === 'group-replication' || to === 'sentinel' ? { kind, to } : undefined;
  if (kind === 'closed' || kind === 'private') return { kind, reason: typeof reason === 'string' ? reason : '' };
  if (typeof term !== 'number') return undefined;
  if (kind === 'open') return { kind, term };
  return kind === 'replica' && typeof of === 'string' ? { kind, of, term } : undefined;
}

function parseEngine(value: unknown): EngineFacts | undefined {
  if (!isFields(value)) return undefined;
  const state = (['running', 'stopped', 'empty', 'unknown'] as const).find((one) => one === value['state']);
  const role = (['primary', 'replica', 'none'] as const).find((one) => one === value['role']);
  if (state === undefined || role === undefined) return undefined;
  const { systemIdentifier, cleanShutdown, synchronous } = value;
  const position = parsePosition(value['position']);
  const waits = parseSynchronous(synchronous);
  return {
    state,
    role,
    ...(typeof systemIdentifier === 'string' ? { systemIdentifier } : {}),
    ...(position === undefined ? {} : { position }),
    ...parseLog(value),
    ...(typeof cleanShutdown === 'boolean' ? { cleanShutdown } : {}),
    ...(waits === undefined ? {} : { synchronous: waits }),
  };
}

/** Where data in a write-ahead log stand. */
function parseLog({ timeline, lsn, replayLsn, history, sendsFrom }: Fields): Partial<EngineFacts> {
  return {
    ...(typeof timeline === 'number' ? { timeline } : {}),
    ...(isDecimal(lsn) ? { lsn } : {}),
    ...(isDecimal(replayLsn) ? { replayLsn } : {}),
    ...(Array.isArray(history) && history.every(isSwitch) ? { history } : {}),
    ...(isDecimal(sendsFrom) ? { sendsFrom } : {}),
  };
}

function parsePosition(value: unknown): EnginePosition | undefined {
  if (!isFields(value)) return undefined;
  const { kind, executed, received, id, offset, formerId, formerOffset } = value;
  if (kind === 'gtid-set' || kind === 'gtid-list') {
    if (typeof executed !== 'string') return undefined;
    const more = typeof received === 'string' ? { received } : {};
    const { origin } = value;
    return kind === 'gtid-set' && typeof origin === 'string'
      ? { kind, executed, ...more, origin }
      : { kind, executed, ...more };
  }
  if (kind !== 'offset' || typeof id !== 'string' || !isDecimal(offset)) return undefined;
  const hasFormer = typeof formerId === 'string' && isDecimal(formerOffset);
  return { kind, id, offset, ...(hasFormer ? { formerId, formerOffset } : {}) };
}

function parseSynchronous(value: unknown): SynchronousFacts | undefined {
  if (!isFields(value)) return undefined;
  const { standbys } = value;
  const mode = (['preferred', 'strict'] as const).find((one) => one === value['mode']);
  const state = (['synced', 'degraded', 'blocked'] as const).find((one) => one === value['state']);
  return mode !== undefined && state !== undefined && isTexts(standbys) ? { mode, state, standbys } : undefined;
}

function isSwitch(value: unknown): value is TimelineSwitch {
  return isFields(value) && typeof value['timeline'] === 'number' && isDecimal(value['lsn']);
}

function isDecimal(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,20}$/.test(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
