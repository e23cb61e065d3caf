import { describe, expect, it } from 'vitest';

import type { CommandRunner } from './command.ts';
import { recordingRunner } from './recording.ts';
import type { Reply } from './recording.ts';
import { spawnRunner } from './spawn.ts';

const SCRIPT: Readonly<Record<string, Reply>> = {
  'printf out; printf err >&2; exit 3': { exitCode: 3, stdout: 'out', stderr: 'err' },
  'kill -9 $$': { exitCode: -1 },
  'sleep 30': { exitCode: -1, timedOut: true },
  cat: { stdout: 'grüße\n' },
};

const runners: readonly (readonly [string, () => CommandRunner])[] = [
  ['spawnRunner', () => spawnRunner()],
  ['recordingRunner', () => recordingRunner(({ argv }) => (argv[0] === 'sh' ? SCRIPT[argv[2] ?? ''] : undefined))],
];

describe.each(runners)('%s', (_name, make) => {
  const sh = (script: string, timeoutMs = 5_000, stdin?: string) =>
    make().run({ argv: ['sh', '-c', script], timeoutMs, ...(stdin === undefined ? {} : { stdin }) });

  it('gives the exit code and both outputs of a program that fails', async () => {
    const result = await sh('printf out; printf err >&2; exit 3');
    expect(result).toMatchObject({ exitCode: 3, stdout: 'out', stderr: 'err', timedOut: false });
  });

  it('gives -1 for a program that was killed', async () => {
    expect(await sh('kill -9 $$')).toMatchObject({ exitCode: -1, timedOut: false });
  });

  it('gives -1 and a reason for a program that does not exist', async () => {
    const result = await make().run({ argv: ['/nonexistent/program'], timeoutMs: 1_000 });
    expect(result).toMatchObject({ exitCode: -1, timedOut: false });
    expect(result.stderr).toContain('ENOENT');
  });

  it('ends a program at its deadline and says so', async () => {
    const result = await sh('sleep 30', 100);
    expect(result).toMatchObject({ exitCode: -1, timedOut: true });
    expect(result.durationMs).toBeLessThan(5_000);
  });

  it('passes standard input on', async () => {
    expect((await sh('cat', 5_000, 'grüße\n')).stdout).toBe('grüße\n');
  });
});

describe('spawnRunner', () => {
  const runner = spawnRunner({ outputLimitBytes: 10 });

  it('keeps no more output than its limit and still sees the end', async () => {
    const result = await runner.run({ argv: ['sh', '-c', 'yes | head -c 100000; exit 4'], timeoutMs: 5_000 });
    expect(result).toMatchObject({ exitCode: 4, stdout: 'y\ny\ny\ny\ny\n' });
  });

  it('kills the children of a program with it', async () => {
    const script = 'sleep 30 & echo $!; wait';
    const { stdout } = await runner.run({ argv: ['sh', '-c', script], timeoutMs: 300 });
    const check = `sleep 0.1; kill -0 ${stdout.trim()} 2>/dev/null && [ "$(cut -d' ' -f3 /proc/${stdout.trim()}/stat)" != Z ]`;
    expect((await runner.run({ argv: ['sh', '-c', check], timeoutMs: 5_000 })).exitCode).not.toBe(0);
  });

  it('does not wait for a background child that keeps the output open', async () => {
    const result = await runner.run({ argv: ['sh', '-c', 'sleep 3 & echo done'], timeoutMs: 10_000 });
    expect(result.stdout).toBe('done\n');
    expect(result.durationMs).toBeLessThan(2_500);
  });

  it('survives a program that does not read its input', async () => {
    const result = await runner.run({ argv: ['true'], stdin: 'x'.repeat(1_000_000), timeoutMs: 5_000 });
    expect(result.exitCode).toBe(0);
  });

  it('ends a program when its signal aborts', async () => {
    const abort = new AbortController();
    const running = runner.run({ argv: ['sleep', '30'], timeoutMs: 20_000, signal: abort.signal });
    abort.abort();
    expect(await running).toMatchObject({ exitCode: -1, timedOut: false });
  });
});
