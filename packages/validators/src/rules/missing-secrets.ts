import type { Finding, Position } from '@flotilla/model';
import { finding } from '@flotilla/model';

import type { TreeInput, TreeRule } from './rule.ts';
import { entryOf, servicesOf } from './rule.ts';
import { secretsFile } from './secrets-file.ts';
import { unitPosition } from './unit-position.ts';

const LOSS = 'its deploy would stop before anything changes';

type Need = { readonly service: string; readonly secret: string };

/**
 * Every secret that a unit needs has an entry in the secrets file. A name that the environment writes itself is said where it stands; those that
 * follow from its services, and all of them while the file has no entry, are one finding. A sandbox makes its own.
 */
export const missingSecrets: TreeRule = {
  name: 'missing-secrets',
  check: (input) => {
    const { environment, secretHashes } = input;
    if (secretHashes === undefined || environment.sandbox) return [];
    const missing = needsOf(input).filter(({ secret }) => entryOf(secretHashes, secret) === undefined);
    const isEmpty = Object.keys(secretHashes).length === 0;
    if (isEmpty) return together(input, missing, isEmpty);
    const written = missing.filter(({ service, secret }) => indexOf(input, service, secret) !== -1);
    const derived = missing.filter(({ secret }) => !written.some((one) => one.secret === secret));
    return [...written.map((need) => alone(input, need)), ...together(input, derived, isEmpty)];
  },
};

/** Gives what the units need of the secrets file, each once per service. */
function needsOf({ tree }: TreeInput): readonly Need[] {
  const needs = tree.servers.flatMap(({ units }) =>
    units.flatMap(({ service, secretEnv, secretFiles }) =>
      [...secretEnv.map((use) => use.secret), ...secretFiles].map((secret): Need => ({ service, secret })),
    ),
  );
  return [...new Map(needs.map((need) => [JSON.stringify([need.service, need.secret]), need])).values()];
}

function alone(input: TreeInput, { service, secret }: Need): Finding {
  const facts = { secrets: [secret], owners: [service], file: secretsFile(input.sources), loss: LOSS };
  return finding('VALIDATE_SECRET_MISSING', facts, secretPosition(input, service, secret));
}

/** At the service that misses most of them, which is the database where they are a database's. */
function together(input: TreeInput, missing: readonly Need[], isEmpty: boolean): readonly Finding[] {
  if (missing.length === 0) return [];
  const secrets = [...new Set(missing.map(({ secret }) => secret))].toSorted();
  const counted = servicesOf(input.environment)
    .map(([name]) => ({ name, count: missing.filter(({ service }) => service === name).length }))
    .filter(({ count }) => count > 0);
  // A guard or a pooler needs what its database needs, and has no place in the file.
  const owners = counted.length > 0 ? counted.map(({ name }) => name) : [missing[0]?.service ?? ''];
  const most = counted.toSorted((left, right) => right.count - left.count)[0]?.name ?? owners[0] ?? '';
  const facts = { secrets, owners, file: secretsFile(input.sources), loss: LOSS, isEmpty };
  return [finding('VALIDATE_SECRET_MISSING', facts, unitPosition(input, most))];
}

function secretPosition(input: TreeInput, service: string, secret: string): Position {
  return input.sources.valueAt(['services', service, 'secrets', indexOf(input, service, secret)]);
}

function indexOf({ environment }: TreeInput, service: string, secret: string): number {
  return entryOf(environment.services, service)?.secrets.indexOf(secret) ?? -1;
}
