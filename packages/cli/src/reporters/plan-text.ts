import type { DeployForecast, ServerForecast } from '@flotilla/deployer';
import { printable } from '@flotilla/exec';

/** Gives what a deploy would change on each server, and in which order, as lines for a terminal. */
export function planLines({
  environment,
  digest,
  servers,
  costs,
  waves,
  leftDrained,
}: DeployForecast): readonly string[] {
  const units = servers.reduce((sum, { changes }) => sum + changes.length, 0);
  const head = `${environment}: ${units === 0 ? 'nothing to change' : `${units} units to change`} (${digest})`;
  const steps = waves.map(({ kind, groups }) => `${groups.map(({ server }) => server).join(' + ')} (${kind})`);
  return [
    head,
    ...servers.flatMap(serverLines),
    ...costs.map(({ server, service, unavailability }) => `  ${server}: ${service} unavailable: ${unavailability}`),
    ...leftDrained.map(({ entries }) => `  ${entries.join(', ')}: out of rotation, would be put back`),
    ...(steps.length === 0 ? [] : [`order: ${steps.join(', ')}`]),
  ];
}

function serverLines({ server, unreachable, hold, changes, kept }: ServerForecast): readonly string[] {
  if (unreachable !== undefined) return [`  ${server}: no answer, would be left for later (${printable(unreachable)})`];
  return [
    ...(hold === undefined ? [] : [`  ${server}: frozen (${hold}), would be passed over`]),
    ...changes.map(({ kind, service, reasons }) => `  ${server}: ${kind} ${service} (${reasons.join('; ')})`),
    ...kept.map((service) => `  ${server}: ${service} is declared no more; it has data and would be left alone`),
  ];
}
