import { pollUntil } from '@flotilla/exec';
import { FlotillaError } from '@flotilla/model';

import { switchOn } from './fence.ts';
import { serverView } from './policy/view.ts';
import { look, notReturned } from './session.ts';
import type { Session, Sight } from './session.ts';

/** A machine that was switched on takes as long to answer. */
const BOOT_TIMEOUT_MS = 5 * 60_000;

type Reach = { readonly server: string; readonly isPowered: boolean; readonly sight: Sight };

/**
 * Gives a view in which the server answers, after switching it on when that was asked for. Throws FAILOVER_REJOIN_FAILED and
 * FAILOVER_NO_POWER_ON.
 */
export async function reach(session: Session, { server, isPowered, sight }: Reach): Promise<Sight> {
  if (serverView(sight.view, server).reachable) return sight;
  const isDriven = session.power[server] !== undefined;
  if (!isPowered) {
    const way = isDriven ? '--power-on switches it on' : 'start it and run the command again';
    throw notReturned(session, server, `the server does not answer; ${way}`);
  }
  const failure = await switchOn(session.power[server], session);
  if (failure !== undefined) throw new FlotillaError('FAILOVER_NO_POWER_ON', { server, detail: failure });
  session.say('power', `${server} is switched on`);
  const answers = async () => {
    const seen = await look(session);
    return serverView(seen.view, server).reachable ? seen : undefined;
  };
  const seen = await pollUntil(answers, { intervalMs: 1_000, timeoutMs: BOOT_TIMEOUT_MS, clock: session.clock });
  if (seen === undefined) throw notReturned(session, server, 'it does not answer after it was switched on');
  return seen;
}
