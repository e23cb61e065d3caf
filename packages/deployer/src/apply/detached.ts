import { pollUntil, remoteScript } from '@flotilla/exec';
import type { Clock, RemoteResult, RemoteServer } from '@flotilla/exec';

/**
 * $1 folder of steps, $2 identity of the step, $3 seconds it may take, then the command. The step runs in a session of its own, so
 * that it ends whether or not the connection does. Whoever runs this again with the same identity waits for the same step.
 */
export const DETACHED = `set -eu
folder=$1/$2 limit=$3
shift 3
mkdir -p "$(dirname "$folder")"
if mkdir "$folder" 2>/dev/null; then
  setsid sh -c 'folder=$1 limit=$2; shift 2
    timeout -k 10 "$limit" "$@" >"$folder/out" 2>"$folder/err" </dev/null
    echo $? >"$folder/code.new"; mv "$folder/code.new" "$folder/code"' flotilla "$folder" "$limit" "$@" >/dev/null 2>&1 </dev/null &
fi
ends=$(( $(date +%s) + limit + 15 ))
until [ -f "$folder/code" ]; do
  [ "$(date +%s)" -lt "$ends" ] || { echo 'the step was lost, perhaps by a reboot' >&2; exit 124; }
  sleep 0.05
done
cat "$folder/out"
cat "$folder/err" >&2
exit "$(cat "$folder/code")"
`;

/** A step that must not die half-way with the connection. */
export type DetachedStep = {
  /** Folder on the server that keeps the results of steps. */
  readonly folder: string;
  /** Unique among all steps ever; the same for a repetition that must not run twice. */
  readonly id: string;
  readonly argv: readonly [string, ...string[]];
  readonly limitSeconds: number;
};

/** How long a server that was lost is asked again. */
export const REATTACH = { intervalMs: 2_000, timeoutMs: 20_000 };

/**
 * Runs a step on a server and gives its result; when the connection breaks, connects again for a while and waits for the same
 * step. `unreachable` in the result then means that its outcome is not known.
 */
export async function runDetached(server: RemoteServer, step: DetachedStep, clock: Clock): Promise<RemoteResult> {
  const limit = String(step.limitSeconds);
  const argv = remoteScript(DETACHED, [step.folder, step.id, limit, ...step.argv]);
  const attempt = () => server.run({ argv, timeoutMs: (step.limitSeconds + 20) * 1_000 });
  const first = await attempt();
  if (!first.unreachable) return first;
  const later = await pollUntil(
    async () => {
      const result = await attempt();
      return result.unreachable ? undefined : result;
    },
    { ...REATTACH, clock },
  );
  return later ?? first;
}
