// No `=` and no `~`: the first word would become an assignment, and a tilde a home folder.
const SAFE = /^[A-Za-z0-9_/:.,@%+-]+$/;

/**
 * Gives one line for a POSIX shell that runs exactly `argv`. The only place where a list becomes shell text.
 * Throws for a NUL character, which no argument can carry.
 * @example quoteRemote(['echo', "it's"]) // echo 'it'\''s'
 */
export function quoteRemote(argv: readonly string[]): string {
  return argv.map(quoteWord).join(' ');
}

/**
 * Gives the argument list that runs `script` in a POSIX shell with `args` as $1, $2, …
 * @example remoteScript('cat "$1"', ['/etc/hostname'])
 */
export function remoteScript(script: string, args: readonly string[] = []): readonly [string, ...string[]] {
  return ['sh', '-c', script, 'flotilla', ...args];
}

function quoteWord(word: string): string {
  if (word.includes('\0')) throw new Error('an argument cannot hold a NUL character');
  return SAFE.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
