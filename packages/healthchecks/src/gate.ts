import type { RemoteServer } from '@flotilla/exec';
import type { ProbeSpec } from '@flotilla/model';

import { decide } from './decide.ts';
import { probeUnit, thresholdsOf } from './probe.ts';
import type { ProbeResult } from './probe.ts';

/** What a gate saw: the last answer of the probe and the last lines that the containers logged. */
export type Evidence = { readonly output: string; readonly logs: string };

/** Whether a unit may stay. `unknown`: the server could not be asked, so that neither can be said. */
export type Verdict =
  | { readonly kind: 'healthy'; readonly evidence: Evidence }
  | { readonly kind: 'unhealthy'; readonly evidence: Evidence }
  | { readonly kind: 'unknown'; readonly detail: string };

/** A unit and the questions it must answer well, in order. */
export type GateTarget = { readonly project: string; readonly gates: readonly ProbeSpec[] };

/**
 * Asks every gate of a unit in order and gives the first verdict that is not healthy; a unit without gates is healthy. Waits
 * up to the grace of each gate.
 * @example await gateUnit(server, { project: 'waybill-web', gates: unit.gates })
 */
export async function gateUnit(server: RemoteServer, { project, gates }: GateTarget): Promise<Verdict> {
  let verdict: Verdict = { kind: 'healthy', evidence: { output: '', logs: '' } };
  for (const spec of gates) {
    verdict = judge(spec, await probeUnit(server, { project, spec }));
    if (verdict.kind !== 'healthy') return verdict;
  }
  return verdict;
}

/** Gives the verdict on one probe's result: healthy only when the last answers say so. */
export function judge(spec: ProbeSpec, result: ProbeResult): Verdict {
  if (result.kind === 'unreachable') return { kind: 'unknown', detail: result.detail };
  const evidence = { output: result.samples.at(-1)?.output ?? '', logs: result.logs };
  const isHealthy = decide(result.samples, thresholdsOf(spec)) === 'healthy';
  return { kind: isHealthy ? 'healthy' : 'unhealthy', evidence };
}
