import type { RemoteFleet } from '@flotilla/exec';
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

/**
 * Claims a term on every server, in parallel: the claim closes an older primary that hears it, and is the lock between two
 * tools. Gives the servers that accepted. Throws FAILOVER_CLAIM_REFUSED without a majority, unless `fenced` (servers that a
 * fence is about to prove silent) makes up for the missing votes.
 */
export async function claimTerm(
  fleet: RemoteFleet,
  target: GuardedTarget,
  { term, holder, toBeFenced }: Claim & { readonly toBeFenced: readonly string[] },
): Promise<readonly string[]> {
  const replies = await orderAll(fleet, target, { order: 'claim', body: { term, holder } });
  const accepted = replies.filter(({ reply }) => reply.kind === 'accepted').map(({ server }) => server);
  const needed = majorityOf(fleet.servers.length);
  const replaced = toBeFenced.filter((server) => !accepted.includes(server)).length;
  const higher = replies.some(({ reply }) => reply.kind === 'refused' && reply.reason.includes('TERM_TOO_LOW'));
  if (!higher && accepted.includes(holder) && accepted.length + replaced >= needed) return accepted;
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

/** Tells the holder which servers are proved to be out, so that it need not hear them before it opens. */
export async function recordFence(
  fleet: RemoteFleet,
  target: GuardedTarget,
  { term, holder, fenced }: Claim & { readonly fenced: readonly string[] },
): Promise<void> {
  const client = guardClient(fleet.server(holder), target.environment);
  const reply = await client.post(`/${target.service}/fence`, { term, fenced }, ORDER_TIMEOUT_MS);
  if (reply.kind !== 'accepted') throw promotionFailed(target, holder, `recording the fence: ${reply.reason}`);
}

/**
 * Has the holder promote itself, then tells every other server. Throws FAILOVER_PROMOTION_FAILED; the service then stays
 * closed and the command may be run again.
 */
export async function promoteHolder(fleet: RemoteFleet, target: GuardedTarget, { term, holder }: Claim): Promise<void> {
  const client = guardClient(fleet.server(holder), target.environment);
  const reply = await client.post(`/${target.service}/promote`, { term }, PROMOTE_TIMEOUT_MS);
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
