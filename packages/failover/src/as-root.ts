import { remoteScript } from '@flotilla/exec';

/** Runs the words that follow as root: directly, or through sudo without a password. */
const AS_ROOT = 'if [ "$(id -u)" = 0 ]; then exec "$@"; else exec sudo -n "$@"; fi';

/** Gives the argument list that runs `script` as root in a POSIX shell with `args` as $1, $2, … */
export function rootScript(script: string, args: readonly string[]): readonly [string, ...string[]] {
  return remoteScript(AS_ROOT, remoteScript(script, args));
}
