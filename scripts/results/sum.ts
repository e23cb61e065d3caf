/** How many tests or checks ended how. */
export type Counts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** One runner: `files` names the results it should have written; none means that the run itself is the one check. */
export type Run = { readonly name: string; readonly exitCode: number; readonly files: readonly string[] };

/** The part of vitest's JSON report that is counted. */
type Report = {
  readonly success?: boolean;
  readonly testResults?: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
};

type Sums = {
  readonly total: Counts;
  readonly runs: readonly { readonly name: string; readonly counts: Counts }[];
  /** What was counted as failed without a failing test, in words. */
  readonly problems: readonly string[];
};

const nothing: Counts = { passed: 0, failed: 0, skipped: 0 };

/**
 * Gives the sum over every runner. A results file that is missing or unreadable counts as one failure, and so does a
 * runner that failed although no test of it did, or that ran none.
 * @example sumRuns([{ name: 'unit', exitCode: 0, files: ['model'] }], (file) => read(`${file}.json`))
 */
export function sumRuns(runs: readonly Run[], read: (file: string) => string | undefined): Sums {
  const problems: string[] = [];
  const summed = runs.map((run) => {
    const files = run.files.map((file) => countFile(file, read(file), problems));
    const counts = files.reduce(add, nothing);
    if (run.files.length === 0) return { name: run.name, counts: one(run.exitCode === 0 ? 'passed' : 'failed') };
    const ran = counts.passed + counts.failed + counts.skipped;
    if (counts.failed > 0 || (run.exitCode === 0 && ran > 0)) return { name: run.name, counts };
    const why = ran === 0 ? 'ran no test' : 'says so although no test failed';
    problems.push(`${run.name} ended with exit code ${run.exitCode} and ${why}`);
    return { name: run.name, counts: add(counts, one('failed')) };
  });
  return { total: summed.map((run) => run.counts).reduce(add, nothing), runs: summed, problems };
}

/** Gives the line that ends a test run: `12 passed, 0 failed`, with `, 1 skipped` when there is any. */
export function summaryLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

function countFile(file: string, text: string | undefined, problems: string[]): Counts {
  const report = parseReport(text);
  if (report?.testResults === undefined) {
    problems.push(`${file} left no results`);
    return one('failed');
  }
  const counts = report.testResults.map(countTestFile).reduce(add, nothing);
  if (report.success !== false || counts.failed > 0) return counts;
  problems.push(`${file} failed outside of its tests`);
  return add(counts, one('failed'));
}

function countTestFile({ status, assertionResults }: NonNullable<Report['testResults']>[number]): Counts {
  const counts = assertionResults.map((test) => one(countedAs(test.status))).reduce(add, nothing);
  // A file that cannot even be loaded has no test to blame.
  return status === 'failed' && counts.failed === 0 ? add(counts, one('failed')) : counts;
}

function countedAs(status: string): keyof Counts {
  if (status === 'passed' || status === 'failed') return status;
  return 'skipped';
}

function parseReport(text: string | undefined): Report | undefined {
  if (text === undefined) return undefined;
  try {
    // Vitest's own reporter writes it; a missing part is handled as a missing report.
    return JSON.parse(text) as Report;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function one(key: keyof Counts): Counts {
  return { ...nothing, [key]: 1 };
}

function add(left: Counts, right: Counts): Counts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}
