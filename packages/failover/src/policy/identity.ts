import { refuse } from './refusal.ts';
import type { Refusal } from './refusal.ts';
import type { ServiceView } from './view.ts';

/**
 * Refuses when a machine that answered is not the server that the inventory takes it for: SSH shows another key, or the guard on it
 * belongs to another server or environment.
 */
export function checkIdentities(view: ServiceView): Refusal | undefined {
  const { environment, service } = view;
  for (const { server, isImpostor, guard } of view.servers) {
    if (isImpostor === true) {
      return refuse('FAILOVER_WRONG_SERVER', {
        service,
        server,
        found: 'a machine with another host key than the pinned one',
      });
    }
    if (guard === undefined) continue;
    const elsewhere = guard.environment ?? environment;
    if (guard.server === server && elsewhere === environment && guard.service === service) continue;
    const found = `the guard of ${guard.server} for ${guard.service} of ${elsewhere}`;
    return refuse('FAILOVER_WRONG_SERVER', { service, server, found });
  }
  return undefined;
}
