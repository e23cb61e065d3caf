import { parseEnvironment, serversOf } from '@flotilla/model';
import type { Environment, Finding } from '@flotilla/model';

import { defineCommand } from '../command.ts';
import { ENVIRONMENT_FILE, environmentNames } from '../environment-path.ts';
import { exitCodes } from '../exit-codes.ts';
import { readBelow } from '../read-text.ts';
import { reportFindings } from '../reporters/findings.ts';

/** Lists the environments with their servers and services. */
export const list = defineCommand({
  name: 'list',
  summary: 'lists the environments with their servers and services',
  usage: `flotilla list
  Lists every environment below environments/; exits with 2 when one of them cannot be read.
  --json   { ok, environments: [{ name, servers: [name], services: [{ name, kind, servers }] }], findings }`,
  positionals: [],
  options: {},
  run: async (context) => {
    const read = readBelow(context.root);
    const findings: Finding[] = [];
    const environments = environmentNames(context.root).flatMap((name) => {
      const parsed = parseEnvironment({ entry: `environments/${name}/${ENVIRONMENT_FILE}`, read });
      if (parsed.kind === 'invalid') findings.push(...parsed.findings);
      return parsed.kind === 'parsed' ? [{ name, ...describe(parsed.environment) }] : [];
    });
    const ok = findings.length === 0;
    if (context.json) context.write(`${JSON.stringify({ ok, environments, findings })}\n`);
    else context.write(environments.map(text).join(''));
    if (!ok) reportFindings(findings, { ...context, json: false });
    return ok ? exitCodes.done : exitCodes.invalid;
  },
});

function describe(environment: Environment) {
  return {
    servers: Object.keys(environment.servers),
    services: Object.entries(environment.services).map(([name, service]) => ({
      name,
      kind: service.kind,
      servers: serversOf(service),
    })),
  };
}

function text({ name, servers, services }: { readonly name: string } & ReturnType<typeof describe>): string {
  const width = Math.max(...services.map((service) => service.name.length), 0);
  const lines = services.map(
    (service) => `  ${service.name.padEnd(width)}  ${service.kind.padEnd(8)}  ${service.servers.join(', ')}`,
  );
  return `${name}: ${servers.join(', ')}\n${lines.join('\n')}\n`;
}
