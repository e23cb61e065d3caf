import { FlotillaError, suggest } from '@flotilla/model';
import type { Environment } from '@flotilla/model';

/** The option that narrows a command to some servers; may be repeated. */
export const serverOption = { server: { type: 'string', multiple: true } } as const;

/** Gives the servers that a call names, or all of them. Throws CLI_UNKNOWN_SERVER. */
export function chooseServers(environment: Environment, named: readonly string[] | undefined): readonly string[] {
  const known = Object.keys(environment.servers);
  for (const server of named ?? []) {
    if (known.includes(server)) continue;
    const suggestion = suggest(server, known);
    throw new FlotillaError('CLI_UNKNOWN_SERVER', {
      server,
      environment: environment.environment,
      known,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }
  return named ?? known;
}
