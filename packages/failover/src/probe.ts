import { pollUntil, remoteScript } from '@flotilla/exec';
import type { RemoteServer } from '@flotilla/exec';
import { FlotillaError, GUARD_PORT } from '@flotilla/model';

import type { WriterProbe } from './report.ts';
import type { Session } from './session.ts';

/** $1 port of the guards, $2 service, then \`name=address\` of each member. Prints \`name code\` per member. */
const ASK_ROLES = `
port=$1 service=$2
shift 2
for member; do
  case \${member#*=} in *:*) host="[\${member#*=}]" ;; *) host=\${member#*=} ;; esac
  code=$(curl -s -o /dev/null --max-time 1 -w '%{http_code}' "http://$host:$port/$service/primary")
  echo "\${member%%=*} $code"
done
`;

const TIMEOUT_MS = 10_000;

/**
 * Has every server ask every member who takes writes, the way its data endpoint does, until each finds `to` and it alone. Throws
 * FAILOVER_TWO_WRITERS when another member takes writes too; servers that do not agree in time are left out of `agreedBy`.
 */
export async function probeWriters(session: Session, to: string): Promise<WriterProbe> {
  const { clock, target } = session;
  let last: Round = { writers: [], agreedBy: [], isSettled: false };
  const probe = async () => {
    last = await askOnce(session, to);
    return last.isSettled ? last : undefined;
  };
  await pollUntil(probe, { intervalMs: 100, timeoutMs: TIMEOUT_MS, clock });
  const { writers, agreedBy } = last;
  session.say(
    'probe',
    `${writers.join(' and ') || 'nobody'} takes writes; ${agreedBy.join(', ') || 'no server'} would send clients there`,
  );
  if (writers.some((writer) => writer !== to)) {
    throw new FlotillaError('FAILOVER_TWO_WRITERS', {
      service: target.service,
      to,
      found: `${writers.join(' and ')} take writes`,
    });
  }
  return { writers, agreedBy };
}

type Round = WriterProbe & { readonly isSettled: boolean };

async function askOnce({ fleet, target }: Session, to: string): Promise<Round> {
  const members = target.members.map((member) => `${member}=${fleet.server(member).host}`);
  const argv = remoteScript(ASK_ROLES, [String(GUARD_PORT), target.service, ...members]);
  const answers = await Promise.all(fleet.servers.map((server) => writersSeenBy(server, argv)));
  const told = answers.flatMap((answer) => answer ?? []);
  const agreedBy = told.filter(({ writers }) => writers.length === 1 && writers[0] === to).map(({ server }) => server);
  const writers = [...new Set(told.flatMap((answer) => answer.writers))].toSorted();
  return { writers, agreedBy, isSettled: told.length > 0 && agreedBy.length === told.length };
}

async function writersSeenBy(server: RemoteServer, argv: readonly [string, ...string[]]) {
  const { exitCode, stdout } = await server.run({ argv, timeoutMs: TIMEOUT_MS });
  if (exitCode !== 0) return undefined;
  const lines = stdout.trim().split('\n');
  const writers = lines.filter((line) => line.endsWith(' 200')).map((line) => line.slice(0, -' 200'.length));
  return { server: server.name, writers };
}
