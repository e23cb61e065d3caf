import { existsSync, readFileSync } from 'node:fs';

import { bootstrapServer } from '@flotilla/deployer';
import { FlotillaError } from '@flotilla/model';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { chooseServers, serverOption } from '../fleet/choose-servers.ts';
import { connectionOptions, fleetFolder, keysOf, withServers } from '../fleet/connect.ts';
import { pinHostKeys } from '../fleet/host-keys.ts';
import { fleetOptions, openFleet } from '../open-fleet.ts';
import { toJson } from '../reporters/json.ts';

/** Makes first contact with the servers: deploy user, Docker, and their host keys into the repository. */
export const bootstrap = defineCommand({
  name: 'bootstrap',
  summary: 'makes first contact: deploy user, Docker, host keys into the repository',
  usage: `flotilla bootstrap <env> [--server NAME]… [--user NAME] [--identity FILE] [--trust-on-first-use] [--sandbox]
  Logs in as root (or --user, who may use sudo), prepares each server, and says what it changed. May be repeated.
  --trust-on-first-use   fetches host keys that are not pinned yet and pins them in known_hosts beside the environment;
                         compare the printed fingerprints with the servers' consoles before you commit them
  --json   { ok, environment, servers: [{ server, changes, hostKeys }] }`,
  positionals: ['env'],
  options: {
    ...fleetOptions,
    ...connectionOptions,
    ...serverOption,
    user: { type: 'string' },
    'trust-on-first-use': { type: 'boolean' },
  },
  run: async (context, { given, values }) => {
    const fleet = openFleet({ env: given.env, sandbox: values.sandbox }, context);
    const { environment } = fleet;
    const chosen = chooseServers(environment, values.server);
    const choice = { identity: values.identity, user: values.user ?? 'root' };
    const { identityFile } = keysOf(fleet, choice, context);
    const publicKey = readPublicKey(`${identityFile}.pub`, environment.environment);
    if (values['trust-on-first-use'] === true) {
      await pinHostKeys({ environment, servers: chosen, folder: fleetFolder(fleet, context), context });
    }
    const reports = await withServers({ fleet, choice, context }, (servers) =>
      Promise.all(
        chosen.map(async (name) => {
          const report = await bootstrapServer({
            server: servers.server(name),
            environment: environment.environment,
            user: environment.servers[name]?.ssh.user ?? 'flotilla',
            publicKey,
            hosts: Object.values(environment.servers).map(({ host }) => host),
          });
          context.say(`${name}: ${report.changes.length === 0 ? 'was ready' : report.changes.join(', ')}`);
          return report;
        }),
      ),
    );
    if (context.json) context.write(toJson({ ok: true, environment: given.env, servers: reports }));
    return exitCodes.done;
  },
});

function readPublicKey(path: string, environment: string): string {
  if (!existsSync(path)) throw new FlotillaError('CLI_NO_IDENTITY', { environment, path });
  return readFileSync(path, 'utf8');
}
