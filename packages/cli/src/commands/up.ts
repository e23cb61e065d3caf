import { benchImages, upSandbox } from '@flotilla/sandbox';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { fleetFolder } from '../fleet/connect.ts';
import { imageCacheFolder, sandboxFolder, sandboxTalk, secretNames } from '../fleet/sandbox-folder.ts';
import { makeStateFolder } from '../fleet/state-folder.ts';
import { openFleetToTry } from '../open-fleet.ts';
import { toJson } from '../reporters/json.ts';

/** Boots the sandbox of an environment: every server a container with systemd, SSH and Docker. */
export const up = defineCommand({
  name: 'up',
  summary: 'boots the sandbox of an environment: every server a container with systemd, SSH and Docker',
  usage: `flotilla up <env>
  Builds or pulls the images, boots the servers and a registry, and writes .flotilla/sandbox/<env>, an environment that
  extends the real one and replaces only addresses, images and power drivers. May be repeated. Then: bootstrap, deploy --sandbox.
  --json   { ok, environment, stateFolder, servers: [{ name, container, address, sshPort }] }`,
  positionals: ['env'],
  options: {},
  run: async (context, { given }) => {
    const fleet = openFleetToTry(given.env, context);
    const { runner, clock } = context;
    const name = fleet.environment.environment;
    await makeStateFolder(context);
    const sandbox = await upSandbox({
      environment: fleet.environment,
      entryFolder: fleetFolder(fleet, context),
      stateFolder: sandboxFolder(name, context),
      secretNames: secretNames(fleet.tree),
      images: benchImages({
        runner,
        cacheDir: imageCacheFolder(context),
        onProgress: (progress) => {
          if (progress.kind !== 'cached') context.say(`image ${progress.image}: ${progress.kind}`);
        },
      }),
      runner,
      clock,
      events: sandboxTalk(context),
    });
    const { stateFolder, servers } = sandbox;
    if (context.json) context.write(toJson({ ok: true, environment: name, stateFolder, servers }));
    else
      for (const server of servers) context.write(`${server.name.padEnd(12)} ${server.address}  ${server.container}\n`);
    return exitCodes.done;
  },
});
