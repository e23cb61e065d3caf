/** Prints how fast Flotilla is beside what it aims at: `pnpm bench [--rounds N]`. Asserts nothing. */
import { join } from 'node:path';

import { loadFleet } from '@flotilla/cli';
import { parseEnvironment } from '@flotilla/model';
import { $, argv } from 'zx';

import { generateFleet, generateSecrets } from './bench/generate-fleet.ts';
import { medianMs } from './bench/median.ts';
import { noOpDeployMs } from './bench/no-op-deploy.ts';

const rounds = Number(argv['rounds'] ?? 9);
const root = join(import.meta.dirname, '..');
const entry = 'environments/bench/environment.yaml';

const print = (what: string, medianMs: number, aim = '') =>
  console.log(`${what.padEnd(60)} ${medianMs.toFixed(0).padStart(6)} ms  ${aim}`);
for (const { servers, services, aim } of [
  { servers: 100, services: 1_000, aim: 'aim 150 ms' },
  { servers: 1_000, services: 10_000, aim: 'ten times the fleet' },
]) {
  const files = new Map([
    [entry, generateFleet({ servers, services })],
    ['environments/bench/secrets.sops.yaml', generateSecrets({ servers })],
  ]);
  const read = (path: string) => files.get(path);
  const loaded = loadFleet({ entry, read });
  if (loaded.kind === 'invalid') throw new Error(JSON.stringify(loaded.findings.slice(0, 3), undefined, 2));
  const parsingMs = await medianMs(rounds, () => parseEnvironment({ entry, read }));
  const wholeMs = await medianMs(rounds, () => loadFleet({ entry, read }));
  print(`${servers} servers, ${services} services: parse`, parsingMs);
  print(`${servers} servers, ${services} services: render + validate`, wholeMs - parsingMs, aim);
}
print('validate waybill: cold start of the CLI', await medianMs(rounds, coldStart), 'aim 300 ms');

const noOpMs = await noOpDeployMs(root, rounds);
if (noOpMs === undefined)
  console.log('no-op deploy of five servers: only when the sandbox of waybill is up and deployed');
else print('no-op deploy of five servers', noOpMs, 'aim 1,000 ms');

async function coldStart(): Promise<void> {
  await $({ cwd: root, quiet: true })`scripts/flotilla validate waybill`;
}
