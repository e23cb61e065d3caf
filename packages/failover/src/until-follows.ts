import { pollUntil } from '@flotilla/exec';

import type { Return } from './engines/driver.ts';
import { assess, isStreaming } from './policy/assess.ts';
import { serverView } from './policy/view.ts';
import type { ServiceView } from './policy/view.ts';
import { lookAt, notReturned } from './session.ts';
import type { Session } from './session.ts';

/** A clone of a large database takes long; what is waited for is that it streams. */
const STREAM_TIMEOUT_MS = 30 * 60_000;
/** Nobody clones from, or onto, a server that did not answer for so long. */
const GONE_MS = 60_000;
const INTERVAL_MS = 500;

/**
 * Waits until a member streams, however long its copy takes, and gives the view in which it does. Throws FAILOVER_REJOIN_FAILED when it
 * does not after half an hour, or as soon as its server or the primary's has not answered for a minute.
 */
export async function untilFollows(session: Session, { server, primary }: Return): Promise<ServiceView> {
  const { clock, target } = session;
  const answeredAt = new Map([server, primary].map((name) => [name, clock.now()]));
  const follows = async () => {
    const view = await lookAt(session, target.members);
    const member = assess(view).members.find((each) => each.server === server);
    if (member !== undefined && isStreaming(member)) return view;
    for (const [name, at] of answeredAt) {
      if (serverView(view, name).reachable) answeredAt.set(name, clock.now());
      else if (clock.now() - at >= GONE_MS) throw notReturned(session, server, `${name} has not answered for a minute`);
    }
    return undefined;
  };
  const view = await pollUntil(follows, { intervalMs: INTERVAL_MS, timeoutMs: STREAM_TIMEOUT_MS, clock });
  if (view === undefined) throw notReturned(session, server, `it does not stream from ${primary}`);
  return view;
}
