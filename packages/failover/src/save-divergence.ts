import { demand, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { paths } from '@flotilla/model';

import { driverOf } from './engines/open.ts';
import type { Divergence, Export } from './report.ts';
import type { Session } from './session.ts';

/** Takes in a file piece by piece, in order; the name is that of the file on its server. */
export type SaveChunk = (name: string, chunk: Uint8Array) => Promise<void>;

/** $1 file, $2 number of the piece. Prints it as text, for the way back carries no bytes. */
const PIECE = 'dd if="$1" bs=4M skip="$2" count=1 status=none | base64 -w0';
const PIECE_BYTES = 4 * 2 ** 20;
const PIECE_TIMEOUT_MS = 60_000;

/**
 * Exports what a member kept aside into a readable file on its server, and hands it over piece by piece. `undefined` where this kind of
 * engine has no such form: the kept folder is all there is. Throws FAILOVER_EXPORT_FAILED.
 */
export async function saveDivergence(
  session: Session,
  divergence: Divergence,
  save: SaveChunk,
): Promise<Export | undefined> {
  const { fleet, target } = session;
  const driver = driverOf(target);
  const remote = fleet.server(divergence.server);
  if (driver.exportDivergence === undefined) {
    session.say('save', `${target.kind} has no readable form of what is kept in ${divergence.keptIn}`);
    return undefined;
  }
  const folder = paths.exports(target.environment, target.service);
  await demand(remote, { action: `making ${folder}`, argv: ['mkdir', '-p', folder], timeoutMs: PIECE_TIMEOUT_MS });
  const written = await driver.exportDivergence(remote, target, { divergence, folder });
  await fetchFile(remote, written, save);
  session.say('save', `${written.path} on ${divergence.server}, ${written.sizeBytes} bytes: ${written.content}`);
  return written;
}

async function fetchFile(remote: RemoteServer, { path, sizeBytes }: Export, save: SaveChunk): Promise<void> {
  const name = path.split('/').at(-1) ?? 'export';
  for (let piece = 0; piece * PIECE_BYTES < sizeBytes; piece += 1) {
    const argv = remoteScript(PIECE, [path, String(piece)]);
    const { stdout } = await demand(remote, { action: `fetching ${path}`, argv, timeoutMs: PIECE_TIMEOUT_MS });
    await save(name, Buffer.from(stdout, 'base64'));
  }
}
