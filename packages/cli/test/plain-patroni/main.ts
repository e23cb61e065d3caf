import { measurePlainPatroni } from './measure.ts';

process.stdout.write(`${JSON.stringify(await measurePlainPatroni())}\n`);
