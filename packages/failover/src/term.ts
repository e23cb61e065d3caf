import type { Clock, RemoteFleet } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { guardClient } from './guard-client.ts';
import type { GuardReply } from './guard-client.ts';
import type { GuardedTarget } from './observe.ts';
import { majorityOf } from './policy/view.ts';

/** A term that is claimed for one server. */
export type Claim = { readonly term: number; readonly holder: string };

const ORDER_TIMEOUT_MS = 5_000;
/** A replica replays what it received before it opens; the guard waits for that. */
const PROMOTE_TIMEOUT_MS = 60_000;
/** Guards read each other every quarter of a second. */
const CONFIRM_INTERVAL_MS = 100;
const CONFIRM_TIMEOUT_MS = 10_000;

/** What a promotion works with. */
type Promotion = { readonly fleet: RemoteFleet; readonly target: GuardedTarget; readonly clock: Clock };

/**
 * Claims a term on every server, in parallel: the claim closes an older primary that hears it, and is the lock between two
 * tools. Gives the servers that accepted. Throws FAILOVER_CLAIM_REFUSED without a majority, unless every server either
 * accepted or is one of `toBeFenced`, whose silence a proof will stand for.
 */
export async function claimTerm(
  fleet: RemoteFleet,
  target: GuardedTarget,
  { term, holder, toBeFenced }: Claim & { readonly toBeFenced: readonly string[] },
): Promise<readonly string[]> {
  const replies = await orderAll(fleet, target, { order: 'claim', body: { term, holder } });
  const accepted = replies.filter(({ reply }) => reply.kind === 'accepted').map(({ server }) => server);
  const needed = majorityOf(fleet.servers.length);
  const isComplete = fleet.servers.every(({ name }) => accepted.includes(name) || toBeFenced.includes(name));
  const higher = replies.some(({ reply }) => reply.kind === 'refused' && reply.reason.startsWith('TERM_TOO_LOW'));
  if (!higher && accepted.includes(holder) && (accepted.length >= needed || isComplete)) return accepted;
  const detail = replies
    .flatMap(({ server, reply }) => (reply.kind === 'accepted' ? [] : [`${server}: ${reply.reason}`]))
    .join('; ');
  throw new FlotillaError('FAILOVER_CLAIM_REFUSED', {
    service: target.service,
    term,
    accepted: accepted.length,
    needed,
    detail,
  });
}

/** Servers proved to be out after a claim had its majority. */
type Fenced = {
  readonly fenced: readonly string[];
  /** Boot of the holder's server, read between claim and proof: a proof is worth nothing to a later boot. */
  readonly bootId: string;
};

/**
 * Tells the holder which servers are proved to be out, so that it need not hear them before it opens. Throws
 * FAILOVER_PROMOTION_FAILED.
 */
export async function recordFence(
  fleet: RemoteFleet,
  target: GuardedTarget,
  { term, holder, fenced, bootId }: Claim & Fenced,
): Promise<void> {
  const client = guardClient(fleet.server(holder), target.environment);
  const reply = await client.post(`/${target.service}/fence`, { term, fenced, bootId }, ORDER_TIMEOUT_MS);
  if (reply.kind !== 'accepted') throw promotionFailed(target, holder, `recording the fence: ${reply.reason}`);
}

/**
 * Has the holder promote itself, then tells every other server. Asks again while the holder has not yet heard that every other
 * member is out. Throws FAILOVER_PROMOTION_FAILED; the service then stays closed and the command may be run again.
 */
export async function promoteHolder(
  { fleet, target, clock }: Promotion,
  { term, holder, acceptLoss }: Claim & { readonly acceptLoss: boolean },
): Promise<void> {
  const client = guardClient(fleet.server(holder), target.environment);
  const body = { term, ...(acceptLoss ? { acceptLoss } : {}) };
  const order = () => client.post(`/${target.service}/promote`, body, PROMOTE_TIMEOUT_MS);
  const deadline = clock.now() + CONFIRM_TIMEOUT_MS;
  let reply = await order();
  while (reply.kind === 'refused' && reply.reason.startsWith('NOT_CONFIRMED') && clock.now() < deadline) {
    await clock.sleep(CONFIRM_INTERVAL_MS);
    reply = await order();
  }
  if (reply.kind !== 'accepted') throw promotionFailed(target, holder, reply.reason);
  await orderAll(fleet, target, { order: 'promoted', body: { term, holder }, except: holder });
}

type Order = { readonly order: string; readonly body: object; readonly except?: string };

async function orderAll(
  fleet: RemoteFleet,
  target: GuardedTarget,
  { order, body, except }: Order,
): Promise<readonly { readonly server: string; readonly reply: GuardReply }[]> {
  const asked = fleet.servers.filter((server) => server.name !== except);
  return Promise.all(
    asked.map(async (server) => {
      const client = guardClient(server, target.environment);
      return { server: server.name, reply: await client.post(`/${target.service}/${order}`, body, ORDER_TIMEOUT_MS) };
    }),
  );
}

function promotionFailed(target: GuardedTarget, server: string, detail: string) {
  return new FlotillaError('FAILOVER_PROMOTION_FAILED', { service: target.service, server, detail });
}
