import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { spawnRunner } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';

/** This machine as a server: scripts run in the real shell, on folders of the test, with stand-ins for what is not installed. */
export type LocalServer = RemoteServer & {
  /** Stands for /var/lib/flotilla. */
  readonly root: string;
  /** Installs a program that comes before the machine's own. */
  install(name: string, script: string): void;
  remove(): void;
};

/** Gives a server whose `/var/lib/flotilla` is a new folder. */
export function localServer(name = 'app1'): LocalServer {
  const folder = mkdtempSync(join(tmpdir(), 'server-'));
  const [root, bin] = [join(folder, 'root'), join(folder, 'bin')];
  mkdirSync(join(root, 'waybill', 'lock'), { recursive: true });
  writeFileSync(join(root, 'waybill', 'lock', 'token'), '7\n');
  mkdirSync(bin);
  const runner = spawnRunner();
  return {
    name,
    host: '127.0.0.1',
    root,
    install: (program, script) => {
      writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, program), 0o755);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
    run: async ({ argv, ...rest }) => {
      const [program, ...args] = argv.map((word) => word.replaceAll('/var/lib/flotilla', root));
      const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
      return { ...(await runner.run({ ...rest, env, argv: [program ?? '', ...args] })), unreachable: false };
    },
  };
}
