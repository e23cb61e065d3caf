import { $ } from 'zx';

import { medianMs } from './median.ts';

/**
 * Gives the median of a deploy that changes nothing, in milliseconds; `undefined` unless the sandbox of waybill is up and runs
 * what the environment says.
 */
export async function noOpDeployMs(root: string, rounds: number): Promise<number | undefined> {
  const quiet = { cwd: root, quiet: true };
  const { exitCode } = await $({ ...quiet, nothrow: true })`scripts/flotilla plan waybill --sandbox --exit-code`;
  if (exitCode !== 0) return undefined;
  return medianMs(rounds, () => $(quiet)`scripts/flotilla deploy waybill --sandbox`);
}
