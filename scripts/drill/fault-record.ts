/** The part of vitest's JSON report that is kept. Times in milliseconds. */
export type FaultReport = {
  readonly testResults: readonly {
    /** Path of the file. */
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly assertionResults: readonly FaultResult[];
  }[];
};

type FaultResult = {
  readonly status: string;
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly duration?: number;
  readonly meta: { readonly figures?: readonly { readonly figure: string; readonly measured: string }[] };
};

/** Gives the text that is kept of a run of the fault tests: how many held, then each with its time and what it measured, file by file. */
export function renderFaults({ testResults }: FaultReport, date: Date): string {
  const files = testResults.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const all = files.flatMap(({ assertionResults }) => assertionResults);
  const held = all.filter(({ status }) => status === 'passed').length;
  const took = files.reduce((sum, { startTime, endTime }) => sum + endTime - startTime, 0);
  return [
    `${date.toISOString().slice(0, 10)}, pnpm drill:faults: ${held} of ${all.length} held, in ${Math.round(took / 60_000)} min`,
    ...files.flatMap(({ name, assertionResults }) => ['', labOf(name), ...assertionResults.flatMap(describe)]),
    '',
  ].join('\n');
}

function labOf(path: string): string {
  return /faults-(\w+)\./.exec(path)?.[1] ?? path;
}

function describe({ status, ancestorTitles, title, duration, meta }: FaultResult): readonly string[] {
  const word = status === 'passed' ? 'held' : status;
  const seconds = duration === undefined ? '–' : (duration / 1_000).toFixed(1);
  const figures = meta.figures ?? [];
  return [
    `  ${word.padEnd(7)} ${seconds.padStart(5)} s  ${[...ancestorTitles, title].join(' › ')}`,
    ...figures.map(({ figure, measured }) => `${' '.repeat(19)}${figure}: ${measured}`),
  ];
}
