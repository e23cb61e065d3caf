import { demand, remoteScript } from '@flotilla/exec';
import type { RemoteFleet } from '@flotilla/exec';
import { compareText } from '@flotilla/model';
import type { DrainPoint } from '@flotilla/model';

import type { DeployContext, ReleaseChange } from './context.ts';
import { DRAIN, RUNTIME_PORT, UNDRAIN, UNDRAIN_ON_TRIAL } from './haproxy.ts';

/** Seconds that running requests get before a unit changes under them, and that the balancer gets to call an entry up. */
const WAIT_SECONDS = 30;

/** Entries of one balancer, as `backend/entry`; sorted. */
export type EdgeEntries = { readonly server: string; readonly entries: readonly string[] };

/** Gives the entries that must be out of rotation while these changes happen. A reload serves on, so it needs none. */
export function drainsOf(changes: readonly ReleaseChange[]): readonly EdgeEntries[] {
  const recreated = changes.filter(({ mode }) => mode === 'up');
  return groupDrains(recreated.flatMap(({ unit, previous }) => [...unit.drains, ...(previous?.drains ?? [])]));
}

/** Gives drain points by the server of their balancer, each once. */
export function groupDrains(points: readonly DrainPoint[]): readonly EdgeEntries[] {
  const servers = [...new Set(points.map(({ edgeServer }) => edgeServer))].toSorted(compareText);
  return servers.map((server) => {
    const own = points.filter(({ edgeServer }) => edgeServer === server);
    const entries = new Set(own.map(({ backend, entry }) => `${backend}/${entry}`));
    return { server, entries: [...entries].toSorted(compareText) };
  });
}

/** Takes entries out of rotation and gives those that a balancer took out, to put back later. */
export async function drain(context: DeployContext, edges: readonly EdgeEntries[]): Promise<readonly EdgeEntries[]> {
  const drained: EdgeEntries[] = [];
  for (const { server, entries } of edges) {
    const answers = await ask(context.fleet, server, { script: DRAIN, action: 'draining', entries });
    const absent = answers.filter(({ word }) => word === 'absent').map(({ entry }) => entry);
    const taken = entries.filter((entry) => !absent.includes(entry));
    const busy = answers.filter(({ word }) => word === 'busy').map(({ entry }) => entry);
    if (absent.length > 0) context.events({ kind: 'drain-skipped', server, entries: absent });
    if (taken.length === 0) continue;
    context.events({ kind: 'drained', server, entries: taken, busy });
    drained.push({ server, entries: taken });
  }
  return drained;
}

/** Puts entries back into rotation whose gates have just passed, and waits until the balancer calls them up. */
export function undrain(context: DeployContext, edges: readonly EdgeEntries[]): Promise<void> {
  return putBack(context, edges, UNDRAIN);
}

/**
 * Puts entries back into rotation that may not be well: they get no request before the balancer's own checks call them up. Left in
 * maintenance, they would never come back.
 */
export function undrainOnTrial(context: DeployContext, edges: readonly EdgeEntries[]): Promise<void> {
  return putBack(context, edges, UNDRAIN_ON_TRIAL);
}

async function putBack(context: DeployContext, edges: readonly EdgeEntries[], script: string): Promise<void> {
  for (const { server, entries } of edges) {
    const answers = await ask(context.fleet, server, { script, action: 'undraining', entries });
    const down = answers.filter(({ word }) => word === 'down').map(({ entry }) => entry);
    context.events({ kind: 'undrained', server, entries, down });
  }
}

type Question = { readonly script: string; readonly action: string; readonly entries: readonly string[] };
type Answer = { readonly word: string; readonly entry: string };

async function ask(fleet: RemoteFleet, server: string, question: Question): Promise<readonly Answer[]> {
  const { script, action, entries } = question;
  const argv = remoteScript(script, [String(RUNTIME_PORT), String(WAIT_SECONDS), ...entries]);
  const timeoutMs = (WAIT_SECONDS + 30) * 1_000;
  const { stdout } = await demand(fleet.server(server), { action: `${action} ${entries.join(', ')}`, argv, timeoutMs });
  return stdout.split('\n').flatMap((line) => {
    const [word = '', entry = ''] = line.split(' ');
    return entry === '' ? [] : [{ word, entry }];
  });
}
