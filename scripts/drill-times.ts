/**
 * Takes the times of the labs beside what they aim at, on a machine that does nothing else: `pnpm drill:times [lab…]`. Each figure is the
 * median of five runs under load. Writes packages/sandbox/drills/times/<lab>.txt and the records of the failovers beside it.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { $, argv } from 'zx';

import { median } from './bench/median.ts';
import { RECORDS, withLab } from './drill/lab.ts';
import type { Lab } from './drill/lab.ts';
import { FIGURES } from './drill/figures.ts';
import type { Figure, Failovers, Switchovers } from './drill/figures.ts';

const RUNS = 5;
const folder = join(RECORDS, 'times');
mkdirSync(folder, { recursive: true });

for (const lab of argv._.length === 0 ? Object.keys(FIGURES) : argv._) {
  rmSync(join(folder, lab), { recursive: true, force: true });
  const lines = await withLab(lab, async (stage) => {
    const taken: string[] = [];
    for (const figure of FIGURES[lab] ?? []) taken.push(...(await take(stage, figure, join(folder, lab))));
    return taken;
  });
  if (lab === 'patroni') lines.push(...(await plainPatroni()));
  const date = new Date().toISOString().slice(0, 10);
  const text = [`lab/${lab}, ${date}, medians of ${RUNS} runs; seconds`, ...lines, ''].join('\n');
  writeFileSync(join(folder, `${lab}.txt`), text);
  console.log(text);
}

async function take(stage: Lab, figure: Figure, records: string): Promise<readonly string[]> {
  const words = ['--runs', String(RUNS), '--json', ...figure.words];
  const kept = figure.what === 'failover' ? ['--out', join(records, figure.name.replaceAll(/[^a-z0-9]+/g, '-'))] : [];
  const { stdout, exitCode } = await stage.drill(figure.what, [...words, ...kept]);
  // A promise was broken: the figures are shown all the same.
  if (exitCode !== 0) process.exitCode = exitCode;
  // What the command documents as its answer.
  const answer = JSON.parse(stdout) as Switchovers & Failovers;
  const runs = figure.what === 'switchover' ? answer.switchovers : answer.summary.runs;
  const lost = runs.reduce((sum, run) => sum + run.lost, 0);
  return figure.shown.map(({ name, aim, of }) =>
    line({ what: `${figure.name}: ${name}`, values: runs.flatMap((run) => of(run) ?? []), aim, lost: `${lost} lost` }),
  );
}

/** Patroni as it comes, on the same machine a moment later. */
async function plainPatroni(): Promise<readonly string[]> {
  const { stdout } = await $({
    quiet: true,
  })`node ${join(import.meta.dirname, '..', 'packages/cli/test/plain-patroni/main.ts')}`;
  const { switchoverMs, lostServerMs } = JSON.parse(stdout) as {
    readonly switchoverMs: number;
    readonly lostServerMs: number;
  };
  return [
    line({ what: 'plain Patroni at its defaults, switchover: write gap', values: [switchoverMs] }),
    line({ what: 'plain Patroni at its defaults, server lost: write gap', values: [lostServerMs] }),
  ];
}

type Line = {
  readonly what: string;
  readonly values: readonly number[];
  readonly aim?: number | undefined;
  readonly lost?: string;
};

function line({ what, values, aim, lost = '' }: Line): string {
  const middle = values.length === 0 ? '–' : seconds(median(values));
  const all = values.map(seconds).join(' ');
  return `${what.padEnd(62)} ${middle.padStart(6)}  ${(aim === undefined ? '' : `aim ${seconds(aim)}`).padEnd(10)} ${lost.padEnd(10)} (${all})`;
}

function seconds(durationMs: number): string {
  return (durationMs / 1_000).toFixed(2);
}
