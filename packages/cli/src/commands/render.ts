import { join, resolve } from 'node:path';

import { defineCommand } from '../command.ts';
import { insideRepository } from '../environment-path.ts';
import { exitCodes } from '../exit-codes.ts';
import { makeStateFolder } from '../fleet/state-folder.ts';
import { fleetOptions, openFleet } from '../open-fleet.ts';
import { writeTree } from '../write-tree.ts';

/** Writes the files of every server and prints their digests. */
export const render = defineCommand({
  name: 'render',
  summary: 'writes the files of every server and prints their digests',
  usage: `flotilla render <env> [--sandbox] [--out DIR]
  Writes one folder per server, and prints a digest for each and for the fleet.
  --out DIR   where to; .flotilla/rendered/<env> when absent. An earlier output is replaced, anything else is refused.
  --json      { ok, environment, out, digest, servers: [{ server, digest, files }] }`,
  positionals: ['env'],
  options: { ...fleetOptions, out: { type: 'string' } },
  run: async (context, { given, values }) => {
    const { environment, tree } = openFleet({ env: given.env, sandbox: values.sandbox }, context);
    const folder =
      values.out === undefined
        ? join(context.root, '.flotilla', 'rendered', environment.environment)
        : resolve(context.cwd, values.out);
    const out = insideRepository(folder, context);
    if (values.out === undefined) await makeStateFolder(context);
    await writeTree(tree, folder);
    const servers = tree.servers.map(({ server, digest, files }) => ({ server, digest, files: files.length }));
    if (context.json) {
      context.write(`${JSON.stringify({ ok: true, environment: given.env, out, digest: tree.digest, servers })}\n`);
    } else {
      for (const { server, digest, files } of servers) context.write(`${digest}  ${server} (${files} files)\n`);
      context.write(`${tree.digest}  ${environment.environment}\n`);
      context.say(`written to ${out}`);
    }
    return exitCodes.done;
  },
});
