import type { ObservedServer, ObservedUnit } from '../plan/index.ts';
import type { Observation } from './observation.ts';

/**
 * Gives what planning looks at. A release whose change was interrupted (`current` is not `applied`) counts as not applied, so that
 * the next deploy goes over it again, whichever release that one wants.
 */
export function toObservedServer({ server, releases, containers }: Observation): ObservedServer {
  const services = new Set([
    ...releases.filter(({ applied, current }) => (applied ?? current) !== undefined).map(({ service }) => service),
    ...containers.map(({ service }) => service),
  ]);
  const units = [...services].map((service): readonly [string, ObservedUnit] => {
    const release = releases.find((one) => one.service === service);
    const container = containers.find((one) => one.service === service);
    const isSettled = release?.applied !== undefined && release.applied === release.current;
    const health = container?.health ?? 'none';
    return [
      service,
      {
        running: container?.state === 'running',
        ...(isSettled ? { appliedHash: release.applied } : {}),
        ...(container === undefined ? {} : { runHash: container.runHash, secretsHash: container.secretsHash }),
        ...(health === 'none' ? {} : { healthy: health === 'healthy' }),
        ...(release?.definition === undefined ? {} : { definition: release.definition }),
      },
    ];
  });
  return { server, units: Object.fromEntries(units) };
}
