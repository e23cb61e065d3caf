import { pollUntil, remoteScript } from '@flotilla/exec';
import { FlotillaError, GUARD_PORT } from '@flotilla/model';
import type { ErrorCode } from '@flotilla/model';

import type { HandOver } from '../plan/index.ts';
import type { DeployContext } from './context.ts';

/** $1 guard's port, $2 service. Prints `primary` when the guard of this server says so. */
export const ASK_ROLE = `if curl -fsS -o /dev/null --max-time 3 "http://127.0.0.1:$1/$2/primary" 2>/dev/null; then echo primary; else echo other; fi
`;

/** A role that moved. */
export type HandedOver = { readonly service: string; readonly from: string; readonly to: string };

/** With these nothing was changed, and they pass by themselves: a replica that just started still catches up. */
const PASSING: readonly ErrorCode[] = ['FAILOVER_TARGET_NOT_STREAMING', 'FAILOVER_TARGET_LAGS'];
const CATCH_UP = { intervalMs: 1_000, timeoutMs: 60_000 };
const TIMEOUT_MS = 15_000;

/**
 * Moves a primary's role to the first of its candidates that can take it, and gives which; `undefined` when the server is not primary any
 * more. The locks of this deploy are held again afterwards. Throws DEPLOY_HAND_OVER_FAILED, and what `relock` throws.
 */
export async function moveRole(context: DeployContext, move: HandOver): Promise<HandedOver | undefined> {
  const { service, from } = move;
  if (!(await isPrimary(context, move))) return undefined;
  context.events({ kind: 'handing-over', service, from, candidates: move.candidates });
  let last: FlotillaError | undefined;
  const to = await pollUntil(
    async () => {
      for (const candidate of move.candidates) {
        last = await attempt(context, move, candidate);
        if (last === undefined) return candidate;
        if (!PASSING.includes(last.code)) throw failed(move, last);
      }
      return undefined;
    },
    { ...CATCH_UP, clock: context.clock },
  );
  if (to === undefined) throw failed(move, last);
  context.events({ kind: 'handed-over', service, from, to });
  return { service, from, to };
}

/** A hand-over takes the locks of the whole fleet as a failover does; they come back to the deploy unless somebody else came between. */
async function attempt(context: DeployContext, { service }: HandOver, to: string): Promise<FlotillaError | undefined> {
  try {
    await context.handOver(service, to);
    return undefined;
  } catch (error) {
    if (!(error instanceof FlotillaError)) throw error;
    return error.code === 'FAILOVER_ALREADY_PRIMARY' ? undefined : error;
  } finally {
    await context.relock();
  }
}

async function isPrimary({ fleet }: DeployContext, { service, from }: HandOver): Promise<boolean> {
  const argv = remoteScript(ASK_ROLE, [String(GUARD_PORT), service]);
  const { stdout } = await fleet.server(from).run({ argv, timeoutMs: TIMEOUT_MS });
  return stdout.trim() === 'primary';
}

function failed({ service, from, candidates }: HandOver, cause: FlotillaError | undefined): FlotillaError {
  const detail = cause?.message ?? 'no replica could take it';
  return new FlotillaError('DEPLOY_HAND_OVER_FAILED', { service, from, candidates, detail }, { cause });
}
