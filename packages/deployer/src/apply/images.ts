import { lastLines, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';

/** $1…: image references. Prints `present IMAGE`, `pulled IMAGE` or `failed IMAGE`, and why on stderr; goes on after a failure. */
export const PULL = `for image in "$@"; do
  if docker image inspect "$image" >/dev/null 2>&1; then echo "present $image"
  elif docker pull --quiet "$image" >/dev/null; then echo "pulled $image"
  else echo "failed $image"; fi
done
`;

const TIMEOUT_MS = 15 * 60_000;

/** What became of the images of one server. Nothing running is touched either way. */
export type PullResult = {
  readonly server: string;
  readonly pulled: readonly string[];
  readonly failed: readonly string[];
  /** Why, in Docker's words. Empty when nothing failed. */
  readonly detail: string;
};

/** Makes the images present on a server. May be repeated. */
export async function pullImages(server: RemoteServer, images: readonly string[]): Promise<PullResult> {
  const result = await server.run({ argv: remoteScript(PULL, images), timeoutMs: TIMEOUT_MS });
  const lines = result.stdout.split('\n');
  const named = (word: string) => images.filter((image) => lines.includes(`${word} ${image}`));
  const pulled = named('pulled');
  const present = named('present');
  // An image that nothing was said of is missing too: the connection broke before its turn.
  const failed = images.filter((image) => !pulled.includes(image) && !present.includes(image));
  return { server: server.name, pulled, failed, detail: failed.length === 0 ? '' : lastLines(result.stderr) };
}
