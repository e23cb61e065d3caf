import { jsonSchema } from '@flotilla/model';

import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';

/** Prints the JSON Schema of an environment file. */
export const schema = defineCommand({
  name: 'schema',
  summary: 'prints the JSON Schema of environment.yaml, for editors',
  usage: `flotilla schema
  Prints the JSON Schema of environment.yaml. Point an editor at it with a first line such as
  # yaml-language-server: $schema=../schema.json`,
  positionals: [],
  options: {},
  run: async (context) => {
    context.write(`${JSON.stringify(jsonSchema(), undefined, 2)}\n`);
    return exitCodes.done;
  },
});
