import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

import type { Command, CommandResult, CommandRunner } from './command.ts';

/** How long output may trail the end of the process, when a child of its own keeps the pipe open. */
const TRAILING_MS = 500;

/** Bounds of a spawned process. */
export type SpawnOptions = {
  /** What is kept of stdout and of stderr each, in bytes; the rest is read and dropped. 64 MiB when absent. */
  readonly outputLimitBytes?: number;
};

/**
 * Gives the runner that starts real processes on this machine, each in a process group of its own, which is killed at the
 * deadline or when the signal aborts. Never throws for a program that fails or does not exist.
 * @example await spawnRunner().run({ argv: ['git', 'status'], timeoutMs: 5_000 })
 */
export function spawnRunner({ outputLimitBytes = 64 * 2 ** 20 }: SpawnOptions = {}): CommandRunner {
  return { run: (command) => runProcess(command, outputLimitBytes) };
}

async function runProcess(command: Command, limitBytes: number): Promise<CommandResult> {
  const startedAt = performance.now();
  if (command.signal?.aborted === true) return failedStart('aborted before it started');
  const child = start(command);
  const stdout = collect(child.stdout, limitBytes);
  const stderr = collect(child.stderr, limitBytes);
  // Writing to a process that has already ended is no failure of ours; its exit code tells.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(command.stdin);
  const ending = await ended(child, command);
  return {
    exitCode: ending.exitCode,
    stdout: stdout(),
    stderr: ending.error === undefined ? stderr() : `${stderr()}${ending.error}`,
    durationMs: Math.round(performance.now() - startedAt),
    timedOut: ending.timedOut,
  };
}

function start({ argv, cwd, env, stdin }: Command): ChildProcess {
  const [file, ...args] = argv;
  return spawn(file, args, {
    detached: true,
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
}

type Ending = { readonly exitCode: number; readonly timedOut: boolean; readonly error?: string };

function ended(child: ChildProcess, { timeoutMs, signal }: Command): Promise<Ending> {
  return new Promise((resolve) => {
    let timedOut = false;
    let trailing: NodeJS.Timeout | undefined;
    const kill = () => killGroup(child.pid);
    const deadline = setTimeout(() => {
      timedOut = true;
      kill();
    }, timeoutMs);
    signal?.addEventListener('abort', kill, { once: true });
    const finish = (ending: Ending) => {
      clearTimeout(deadline);
      clearTimeout(trailing);
      signal?.removeEventListener('abort', kill);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(ending);
    };
    child.once('error', (error) => finish({ exitCode: -1, timedOut, error: error.message }));
    child.once('exit', (code) => {
      trailing = setTimeout(() => finish({ exitCode: code ?? -1, timedOut }), TRAILING_MS);
    });
    child.once('close', (code) => finish({ exitCode: code ?? -1, timedOut }));
  });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    // The group ended between the decision and the signal.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function collect(stream: NodeJS.ReadableStream | null, limitBytes: number): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream?.on('data', (chunk: Buffer) => {
    const room = limitBytes - size;
    if (room <= 0) return;
    chunks.push(chunk.subarray(0, room));
    size += Math.min(room, chunk.length);
  });
  return () => Buffer.concat(chunks).toString('utf8');
}

function failedStart(stderr: string): CommandResult {
  return { exitCode: -1, stdout: '', stderr, durationMs: 0, timedOut: false };
}
