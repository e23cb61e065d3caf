import { describe, expect, it } from 'vitest';

import { quoteRemote, remoteScript } from './quote.ts';
import { spawnRunner } from './spawn.ts';

const runner = spawnRunner();

async function throughShell(words: readonly string[]): Promise<readonly string[]> {
  const line = quoteRemote(['printf', '%s\\0', ...words]);
  const { stdout } = await runner.run({ argv: ['sh', '-c', line], timeoutMs: 5_000 });
  return stdout.split('\0').slice(0, -1);
}

describe('quoteRemote', () => {
  it.each([
    [["it's", '"double"', "'", "''"]],
    [['two words', ' leading', 'trailing ', '', '\t']],
    [['line\nbreak', '\n', 'a\n\nb']],
    [['$HOME', '${PATH}', '$(id)', '`id`', '$1']],
    [['größe', '日本', '🚢', '\u00a0']],
    [['~', '~root', '*', '?', '[a-z]', '{a,b}', 'a=b', '#x', '!!', '&', ';', '|', '>', '\\', '-n', '--']],
  ])('brings %j through a real shell unchanged', async (words) => {
    expect(await throughShell(words)).toEqual(words);
  });

  it('quotes a first word that would be an assignment', () => {
    expect(quoteRemote(['A=b', 'c'])).toBe("'A=b' c");
  });

  it('refuses a NUL character', () => {
    expect(() => quoteRemote(['a\0b'])).toThrow(/NUL/);
  });
});

describe('remoteScript', () => {
  it('gives its arguments to the script as $1 and $2', async () => {
    const argv = remoteScript('printf "%s|%s" "$2" "$1"', ['a b', "it's"]);
    const { stdout } = await runner.run({ argv: ['sh', '-c', quoteRemote(argv)], timeoutMs: 5_000 });
    expect(stdout).toBe("it's|a b");
  });
});
