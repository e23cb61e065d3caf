import type { Health, ProbeSpec } from '@flotilla/model';

import { probeAddress } from './publishes.ts';
import type { Publish } from './publishes.ts';

/** How long a container without a health path must keep running, in milliseconds. */
const STEADY_MS = 5_000;

/** Gives the gate of a unit that nothing can be asked of: its container runs and stays running. */
export function containerGate(): ProbeSpec {
  return { kind: 'container', graceMs: STEADY_MS };
}

/** Gives the gate of a unit by its health path, asked on its own server; the container's when it has none. */
export function serviceGate(publishes: readonly Publish[], port: number, health: Health | undefined): ProbeSpec {
  const host = probeAddress(publishes, port);
  const published = publishes.find((publish) => publish.containerPort === port);
  if (health === undefined || host === undefined || published === undefined) return containerGate();
  return { kind: 'http', host, port: published.port, path: health.http, health };
}
