import { join } from 'node:path';

import { databaseSecrets } from '@flotilla/model';
import type { EngineFacts, GuardedService, GuardVerdict } from '@flotilla/model';

import { readIfPresent, writeAtomically } from '../store/atomic-file.ts';
import type { Engine } from './engine.ts';
import type { EnginePlace } from './place.ts';
import { obeyGuard } from './redis-obey.ts';
import { factsOf, isLinked, onlineReplicas, parseInfo, parseWritten } from './redis-facts.ts';
import type { DataRole, RedisReading, WrittenFacts } from './redis-facts.ts';
import { openLink } from './redis-link.ts';
import type { RedisLink } from './redis-link.ts';
import { watchSentinels } from './redis-sentinels.ts';
import type { SentinelWatch } from './redis-sentinels.ts';

const TIMEOUT_MS = 1_000;
const ROLE_TIMEOUT_MS = 3_000;
const ROLE_POLL_MS = 10;
/** So long must another be named without a break before this one counts as superseded. */
const SUPERSEDED_MS = 2_000;

/** One member, as the functions below see it. */
type Member = {
  readonly place: EnginePlace;
  readonly link: RedisLink;
  /** Its address as the Sentinels name it. */
  readonly address: string;
  /** Absent where the guards decide. */
  readonly sentinels: SentinelWatch | undefined;
  /** A majority of the Sentinels named it since it last followed another. */
  hasReigned: boolean;
  /** Since when another is named all the time, by the monotonic clock. */
  otherNamedAt: number | undefined;
};

/** Gives the Redis behind the wrapper's run folder. Connects on use and again after a failure. */
export function openRedis(service: GuardedService, place: EnginePlace): Engine {
  const file = join(place.secrets, databaseSecrets.superuser(service.service));
  const password = () => (readIfPresent(file) ?? '').trim();
  const addresses = service.sentinels ?? [];
  const member: Member = {
    place,
    link: openLink({ path: join(place.runFolder, 'redis.sock') }, { password, timeoutMs: TIMEOUT_MS }),
    address: `${place.ownHost}:${service.port}`,
    sentinels: service.control === 'sentinel' ? watchSentinels({ service: service.service, addresses }) : undefined,
    hasReigned: false,
    otherNamedAt: undefined,
  };
  return {
    observe: () => observe(member),
    promote: () => promote(member),
    obey: (verdict, upstream) => obey(member, verdict, upstream),
    close: () => {
      member.sentinels?.close();
      return Promise.resolve(member.link.close());
    },
  };
}

function readWritten({ place }: Member): WrittenFacts {
  return parseWritten(readIfPresent(join(place.runFolder, 'facts')));
}

async function read({ link }: Member): Promise<RedisReading> {
  const [text, port] = await link.ask(['INFO', 'replication', 'persistence'], ['CONFIG', 'GET', 'port']);
  return { info: parseInfo(String(text)), isListening: Array.isArray(port) && port[1] !== '0' };
}

async function observe(member: Member): Promise<EngineFacts> {
  const written = readWritten(member);
  if (written.facts.state !== 'running') {
    forgetReign(member);
    return written.facts;
  }
  try {
    const reading = await read(member);
    const facts = factsOf(reading, written, isReigning(member, reading));
    keepRole(member, reading, written);
    keepPosition(member, facts);
    return facts;
  } catch {
    member.otherNamedAt = undefined;
    return { ...written.facts, state: 'unknown' };
  }
}

/**
 * Under Sentinels, saying `master` is not enough: both halves of a split do. A majority names this one, or names one that follows it, which is
 * so for a moment after a hand-over. `undefined` where the guards decide.
 */
function isReigning(member: Member, { info }: RedisReading): boolean | undefined {
  if (member.sentinels === undefined) return undefined;
  const named = member.sentinels.named();
  const isMaster = info.get('role') === 'master';
  const isNamed = isMaster && named === member.address;
  const isFollowed = isMaster && named !== undefined && onlineReplicas(info).includes(named);
  member.hasReigned = isMaster && (member.hasReigned || isNamed);
  const isOther = member.hasReigned && named !== undefined && !isNamed && !isFollowed;
  member.otherNamedAt = isOther ? (member.otherNamedAt ?? performance.now()) : undefined;
  return isNamed || isFollowed;
}

/** Another start of the engine asks the Sentinels before it begins. */
function forgetReign(member: Member): void {
  member.hasReigned = false;
  member.otherNamedAt = undefined;
}

/** A replica that was filled holds data that count; one that Sentinels promoted holds a primary's. The disk learns of it by the wrapper. */
function keepRole(member: Member, reading: RedisReading, { dataRole }: WrittenFacts): void {
  const isPromoted = member.sentinels !== undefined && reading.info.get('role') === 'master';
  const role: DataRole | undefined = isLinked(reading) ? 'replica' : isPromoted ? 'primary' : undefined;
  if (role !== undefined && role !== dataRole) requestRole(member, role);
}

function requestRole({ place }: Member, role: DataRole): void {
  writeAtomically(join(place.runFolder, 'role'), `${role}\n`);
}

/** Where a primary stood last: a Redis that starts again has a new history, and does not know it any more. */
function keepPosition({ place }: Member, { role, position }: EngineFacts): void {
  if (position?.kind !== 'offset' || role === 'replica') return;
  const path = join(place.runFolder, 'position');
  const line = `${position.id} ${position.offset}\n`;
  const known = readIfPresent(path);
  const isSameHistory = known?.startsWith(`${position.id} `) === true;
  if (known !== line && (role === 'primary' || isSameHistory)) writeAtomically(path, line);
}

async function obey(member: Member, verdict: GuardVerdict, upstream: { host: string; port: number } | undefined) {
  const written = readWritten(member);
  if (written.facts.state !== 'running') return;
  try {
    // Before a guard has heard the others its verdict is `closed`, which is not for it to say where Sentinels decide.
    if (member.sentinels !== undefined) setSupersededAside(member);
    else if (verdict.kind !== 'yielded') await obeyGuard(member.link, verdict, upstream);
  } catch {
    // What could not be carried out shows in the facts, and is asked again.
  }
}

/**
 * A primary that comes back from a partition to find another named would have its data replaced by the Sentinels, about eight seconds later: the
 * wrapper keeps them aside first, once it has asked again.
 */
function setSupersededAside(member: Member): void {
  if (member.otherNamedAt === undefined || performance.now() - member.otherNamedAt < SUPERSEDED_MS) return;
  writeAtomically(join(member.place.runFolder, 'rejoin'), 'superseded\n');
  member.otherNamedAt = undefined;
}

/** The disk learns first that the data are a primary's: should it die right after, it would else come back as a replica for ever. */
async function promote(member: Member): ReturnType<Engine['promote']> {
  const deadline = performance.now() + ROLE_TIMEOUT_MS;
  requestRole(member, 'primary');
  while (readWritten(member).dataRole !== 'primary') {
    if (performance.now() > deadline) return { kind: 'failed', reason: 'its wrapper does not answer' };
    await new Promise((resolve) => setTimeout(resolve, ROLE_POLL_MS));
  }
  try {
    await member.link.ask(['REPLICAOF', 'NO', 'ONE']);
    const { info } = await read(member);
    return info.get('role') === 'master' ? { kind: 'promoted' } : { kind: 'failed', reason: 'it still follows' };
  } catch (error) {
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}
