import type { Finding, Server, ServerTree, ServiceUnit } from '@flotilla/model';
import { finding, formatSize } from '@flotilla/model';

import type { TreeInput, TreeRule } from './rule.ts';
import { entryOf } from './rule.ts';

/** No server promises more memory or CPUs than it has, derived units included. CPUs are promised only where they are written. */
export const capacity: TreeRule = {
  name: 'capacity',
  check: (input) =>
    input.tree.servers.flatMap((tree) => {
      const server = entryOf(input.environment.servers, tree.server);
      return server === undefined ? [] : [...memory(input, tree, server), ...cpus(input, tree, server)];
    }),
};

function memory({ sources }: TreeInput, { server, units }: ServerTree, { memory: has }: Server): readonly Finding[] {
  const promised = units.reduce((sum, unit) => sum + unit.memoryBytes, 0);
  if (promised <= has) return [];
  const facts = {
    server,
    has: formatSize(has),
    promised: formatSize(promised),
    excess: formatSize(promised - has),
    sum: sumOf(units, (unit) => formatSize(unit.memoryBytes)),
    largest: largest(units, (unit) => unit.memoryBytes),
  };
  return [finding('VALIDATE_MEMORY_PROMISED', facts, sources.valueAt(['servers', server, 'memory']))];
}

function cpus({ sources }: TreeInput, { server, units }: ServerTree, { cpus: has }: Server): readonly Finding[] {
  const promising = units.filter((unit) => unit.cpus !== undefined);
  // Sums of tenths drift in binary: 0.1 + 0.2 must not exceed 0.3.
  const promised = round(promising.reduce((sum, unit) => sum + (unit.cpus ?? 0), 0));
  if (promised <= has) return [];
  const facts = {
    server,
    has,
    promised,
    sum: sumOf(promising, (unit) => String(unit.cpus)),
    largest: largest(promising, (unit) => unit.cpus ?? 0),
  };
  return [finding('VALIDATE_CPUS_PROMISED', facts, sources.valueAt(['servers', server, 'cpus']))];
}

function sumOf(units: readonly ServiceUnit[], amount: (unit: ServiceUnit) => string): string {
  return units.map((unit) => `${unit.service} ${amount(unit)}`).join(' + ');
}

function largest(units: readonly ServiceUnit[], amount: (unit: ServiceUnit) => number): string {
  return units.reduce((best, unit) => (amount(unit) > amount(best) ? unit : best)).service;
}

function round(value: number): number {
  return Math.round(value * 1_000_000) / 1_000_000;
}
