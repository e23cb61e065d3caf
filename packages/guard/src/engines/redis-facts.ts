import type { EngineFacts, EnginePosition } from '@flotilla/model';

import { parseWrapperFacts } from './wrapper-facts.ts';

/** What the data on disk are: `fresh` is a replica's that was never filled. */
export type DataRole = 'primary' | 'replica' | 'fresh';

/** What the wrapper wrote. */
export type WrittenFacts = { readonly facts: EngineFacts; readonly dataRole: DataRole | undefined };

/** What a running Redis says of itself. */
export type RedisReading = {
  readonly info: ReadonlyMap<string, string>;
  /** It takes connections from elsewhere. */
  readonly isListening: boolean;
};

/** Gives what the wrapper's facts file says; `unknown` when there is none. */
export function parseWritten(text: string | undefined): WrittenFacts {
  const written = /^role=(\w+)$/m.exec(text ?? '')?.[1];
  const dataRole = (['primary', 'replica', 'fresh'] as const).find((role) => role === written);
  return { facts: parseWrapperFacts(text, undefined), dataRole };
}

/** Gives the fields of an answer to INFO. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return new Map(lines.filter((line) => line.includes(':')).map((line) => splitOnce(line)));
}

function splitOnce(line: string): readonly [string, string] {
  const at = line.indexOf(':');
  return [line.slice(0, at), line.slice(at + 1)];
}

/** True when it follows another and the link to it is up. */
export function isLinked({ info }: RedisReading): boolean {
  return info.get('role') === 'slave' && info.get('master_link_status') === 'up';
}

/** Gives the addresses of the replicas that stream from it, as they announce them. */
export function onlineReplicas(info: ReadonlyMap<string, string>): readonly string[] {
  return [...info].flatMap(([name, value]) => {
    const match = /^ip=([^,]+),port=(\d+),state=online\b/.exec(value);
    return /^slave\d+$/.test(name) && match ? [`${match[1]}:${match[2]}`] : [];
  });
}

/**
 * Gives the facts of an engine that answers. One that was started again on the data of a replica has no upstream and says `master`: it
 * is a replica all the same, unless Sentinels (`isReigning` is given) say who reigns.
 */
export function factsOf(reading: RedisReading, written: WrittenFacts, isReigning?: boolean): EngineFacts {
  const { info, isListening } = reading;
  const { startId } = written.facts;
  const started = startId === undefined ? {} : { startId };
  if (info.get('loading') !== '0') return { state: 'unknown', role: 'none', ...started };
  if (written.dataRole === 'fresh' && !isLinked(reading)) return { state: 'empty', role: 'none', ...started };
  const isReplica =
    info.get('role') === 'slave' || (isReigning === undefined && written.dataRole !== 'primary' && !isListening);
  const place = positionOf(info);
  const common = { state: 'running', ...(place === undefined ? {} : { position: place }), ...started } as const;
  if (!isReplica) return { ...common, role: (isReigning ?? isListening) ? 'primary' : 'none' };
  const silentS = Number(info.get('master_last_io_seconds_ago') ?? -1);
  const lag = isLinked(reading) && silentS >= 0 ? { lagMs: silentS * 1_000 } : {};
  return { ...common, role: 'replica', streaming: isLinked(reading), ...lag };
}

const NO_ID = /^0*$/;

function positionOf(info: ReadonlyMap<string, string>): EnginePosition | undefined {
  const id = info.get('master_replid');
  const offset = info.get(info.get('role') === 'slave' ? 'slave_repl_offset' : 'master_repl_offset');
  if (id === undefined || offset === undefined || !/^\d+$/.test(offset)) return undefined;
  const formerId = info.get('master_replid2') ?? '';
  // It is the first byte that the former history did not give.
  const left = Number(info.get('second_repl_offset') ?? -1);
  const former = NO_ID.test(formerId) || left < 1 ? {} : { formerId, formerOffset: String(BigInt(left) - 1n) };
  return { kind: 'offset', id, offset, ...former };
}
