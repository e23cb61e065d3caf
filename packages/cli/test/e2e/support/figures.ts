/** One measured figure, shown beside what it aims at; never asserted. */
export type Figure = {
  readonly scenario: string;
  readonly figure: string;
  readonly measured: string;
  /** Empty when there is none. */
  readonly target: string;
};

/** Gives a table of figures, in their order. */
export function figureTable(figures: readonly Figure[]): string {
  const head: Figure = { scenario: 'scenario', figure: 'figure', measured: 'measured', target: 'target' };
  const columns = ['scenario', 'figure', 'measured', 'target'] as const;
  const widths = columns.map((column) => Math.max(...[head, ...figures].map((row) => row[column].length)));
  const line = (row: Figure) => columns.map((column, index) => row[column].padEnd(widths[index] ?? 0)).join('  ');
  return `\n${[head, ...figures].map((row) => line(row).trimEnd()).join('\n')}\n`;
}

/** Gives milliseconds as seconds to read. */
export function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(2)} s`;
}
