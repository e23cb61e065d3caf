import { pollUntil } from '@flotilla/exec';
import { rejoin } from '@flotilla/failover';
import type { Assessment } from '@flotilla/failover';
import { FlotillaError } from '@flotilla/model';

import { lookAt } from './stage.ts';
import type { Stage } from './stage.ts';

const SETTLE_TIMEOUT_MS = 180_000;
const INTERVAL_MS = 300;
/** Members return by themselves within this time, or a person brings them back. */
const PATIENCE_MS = 8_000;

/**
 * Waits until the service is whole: one primary, every replica follows, every guard answers. A member that does not return by itself is
 * brought back as a person would. Gives the last look. Throws CLI_DRILL_NOT_WHOLE after 3 minutes.
 */
export async function settle(stage: Stage): Promise<Assessment> {
  const { clock } = stage.context;
  let last = await lookAt(stage);
  let since = clock.now();
  const probe = async () => {
    last = await lookAt(stage);
    if (last.health === 'ok') return last;
    if (clock.now() - since > PATIENCE_MS) {
      await bringBack(stage, last);
      since = clock.now();
    }
    return undefined;
  };
  const whole = await pollUntil(probe, { intervalMs: INTERVAL_MS, timeoutMs: SETTLE_TIMEOUT_MS, clock });
  if (whole !== undefined) return whole;
  const states = last.members.map(({ server, role, reason }) => `${server} ${role} ${reason}`.trim()).join('; ');
  throw new FlotillaError('CLI_DRILL_NOT_WHOLE', { service: stage.target.service, states });
}

async function bringBack({ tools }: Stage, { members, primary }: Assessment): Promise<void> {
  if (primary === undefined) return;
  const away = members.filter((member) => member.server !== primary && member.reachable && member.role !== 'replica');
  for (const { server } of away) {
    try {
      await rejoin(tools, server);
    } catch (error) {
      // It may be on its way already; the next look tells.
      if (!(error instanceof FlotillaError)) throw error;
    }
  }
}
