import type { Environment, Server, Service } from '@flotilla/model';

import { serverContainer } from './names.ts';

/** What a sandbox puts in the place of the real fleet's. */
export type SandboxFacts = {
  /** Path of the real environment's folder, relative to the state folder, `/`-separated. */
  readonly extends: string;
  /** Server name to its address in the sandbox. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Image reference of the real environment to the one in the sandbox's registry. */
  readonly images: ReadonlyMap<string, string>;
  readonly guardImage: string;
  readonly endpointImage: string;
  /** References of the real environment's further derived images, by their name under `images`. Absent means none. */
  readonly derivedImages?: ReadonlyMap<string, string>;
};

/**
 * Gives the text of the environment that a sandbox of `environment` is: the real one, with nothing replaced but addresses,
 * image references and the power drivers of the servers that have one.
 */
export function environmentText(environment: Environment, facts: SandboxFacts): string {
  const { environment: name, servers, services } = environment;
  return [
    '# Written by `flotilla up`. Only addresses, images and power drivers differ from the real environment.',
    `environment: ${name}`,
    `extends: ${JSON.stringify(facts.extends)}`,
    'sandbox: true',
    'servers:',
    ...Object.entries(servers).map(([key, server]) => entry(key, serverOverride(name, key, { server, facts }))),
    'services:',
    ...Object.entries(services).map(([key, service]) => entry(key, serviceOverride(service, facts))),
    'images:',
    `  guard: ${JSON.stringify(facts.guardImage)}`,
    `  endpoint: ${JSON.stringify(facts.endpointImage)}`,
    ...[...(facts.derivedImages ?? [])].map(
      ([name, image]) => `  ${name}: ${JSON.stringify(sandboxImage(image, facts))}`,
    ),
    '',
  ].join('\n');
}

/** Gives the power driver of a sandbox server: commands of the engine that carries the sandbox. */
function sandboxPower(environment: string, server: string) {
  const container = serverContainer(environment, server);
  return {
    off: ['docker', 'kill', container],
    status: ['docker', 'inspect', '-f', '{{.State.Running}}', container],
    offWhen: 'false',
    on: ['docker', 'start', container],
  } as const;
}

// JSON is YAML too, and needs no rules of its own for quoting.
function entry(key: string, value: object): string {
  return `  ${key}: ${JSON.stringify(value)}`;
}

function serverOverride(
  environment: string,
  name: string,
  { server, facts }: { readonly server: Server; readonly facts: SandboxFacts },
): object {
  const host = facts.addresses.get(name);
  if (host === undefined) throw new Error(`no address for ${name}`);
  if (server.power === undefined) return { host };
  // `null` removes what the layer below says; only then one driver can take the place of the other.
  const removed = Object.keys(server.power).map((key) => [key, null] as const);
  return { host, power: { ...Object.fromEntries(removed), ...sandboxPower(environment, name) } };
}

function serviceOverride(service: Service, facts: SandboxFacts): object {
  return { image: sandboxImage(service.image, facts) };
}

function sandboxImage(reference: string, facts: SandboxFacts): string {
  const image = facts.images.get(reference);
  if (image === undefined) throw new Error(`no image for ${reference}`);
  return image;
}
