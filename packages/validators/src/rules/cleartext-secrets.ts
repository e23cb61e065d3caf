import type { Finding, Service } from '@flotilla/model';
import { finding } from '@flotilla/model';

import { findSecrets, isPlaceholder, isSecretName } from '../secrets.ts';
import type { EnvironmentInput, EnvironmentRule } from './rule.ts';
import { servicesOf } from './rule.ts';
import { secretsFile } from './secrets-file.ts';

type Written = {
  readonly value: string | number | boolean;
  readonly field: string;
  readonly path: readonly (string | number)[];
  /** Name of the variable, and of the secrets entry that would carry it; absent in a command line. */
  readonly name?: string;
};

/** No variable and no command line holds a secret that everyone who reads the repository can read. */
export const cleartextSecrets: EnvironmentRule = {
  name: 'cleartext-secrets',
  check: (input) => [
    ...servicesOf(input.environment).flatMap(([name, service]) =>
      writtenIn(name, service).flatMap((written) => check(input, name, written)),
    ),
    ...powerCommands(input).flatMap((written) => check(input, 'power', written)),
  ],
};

function check(input: EnvironmentInput, owner: string, { value, field, path, name }: Written): readonly Finding[] {
  const why = whySecret(value, name);
  if (why === undefined) return [];
  const entry = name === undefined ? `${owner}-secret` : name.toLowerCase().replaceAll('_', '-');
  const facts = { field, why, entry, file: secretsFile(input.sources) };
  return [finding('VALIDATE_CLEARTEXT_SECRET', facts, input.sources.valueAt(path))];
}

function whySecret(value: string | number | boolean, name: string | undefined): string | undefined {
  if (typeof value === 'boolean') return undefined;
  const text = String(value);
  const shape = findSecrets(text)[0];
  if (shape !== undefined) return shape.why;
  if (name === undefined || !isSecretName(name) || isPlaceholder(text)) return undefined;
  return 'is named like a secret and holds its value';
}

function writtenIn(name: string, service: Service): readonly Written[] {
  const variables = Object.entries(service.env).map(([variable, value]) => ({
    value,
    field: `env.${variable} of ${name}`,
    path: ['services', name, 'env', variable],
    name: variable,
  }));
  if (service.kind !== 'app' && service.kind !== 'worker') return variables;
  return [...variables, ...commandLine(service.command ?? [], `command of ${name}`, ['services', name, 'command'])];
}

function powerCommands({ environment }: EnvironmentInput): readonly Written[] {
  return Object.entries(environment.servers).flatMap(([server, { power }]) => {
    if (power === undefined || !('off' in power)) return [];
    const path = ['servers', server, 'power'];
    return (['off', 'status', 'on'] as const).flatMap((field) =>
      commandLine(power[field] ?? [], `power.${field} of ${server}`, [...path, field]),
    );
  });
}

/** `--db-password=…` and `--db-password …` count as a variable of that name. */
function commandLine(argv: readonly string[], field: string, path: readonly (string | number)[]): readonly Written[] {
  return argv.map((argument, index) => {
    const at = { field, path: [...path, index] };
    const option = /^--?([A-Za-z][A-Za-z0-9_-]*)=(.*)$/s.exec(argument);
    if (option?.[1] !== undefined) return { ...at, value: option[2] ?? '', name: option[1] };
    const before = /^--([A-Za-z][A-Za-z0-9_-]*)$/.exec(argv[index - 1] ?? '')?.[1];
    const isValue = before !== undefined && !argument.startsWith('-');
    return { ...at, value: argument, ...(isValue ? { name: before } : {}) };
  });
}
