/**
 * Gives the path that `target`, written in the file `from`, leads to; relative to the root, `/`-separated.
 * `undefined` when it is absolute, empty, leaves the root, or holds characters that no path of ours has.
 * @example resolvePath('environments/waybill/environment.yaml', '../base') // 'environments/base'
 */
export function resolvePath(from: string, target: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- they are what is refused
  if (target === '' || target.startsWith('/') || /[\\:\u0000-\u001f]/.test(target)) return undefined;
  const steps = from.split('/').slice(0, -1);
  for (const step of target.split('/')) {
    if (step === '' || step === '.') continue;
    if (step !== '..') steps.push(step);
    else if (steps.pop() === undefined) return undefined;
  }
  return steps.join('/');
}
