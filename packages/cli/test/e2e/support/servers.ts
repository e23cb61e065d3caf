import type { TestFleet } from './fleet.ts';

const TIMEOUT_MS = 60_000;

/** Runs a script inside one server, as root and without SSH, and gives its output. Throws when it fails. */
export async function inside(fleet: TestFleet, server: string, ...words: readonly string[]): Promise<string> {
  const found = fleet.sandbox.servers.find(({ name }) => name === server);
  if (found === undefined) throw new Error(`there is no server ${server}`);
  const [script = '', ...args] = words;
  const argv = ['docker', 'exec', found.container, 'bash', '-c', script, 'inside', ...args] as const;
  const result = await fleet.runner.run({ argv, timeoutMs: TIMEOUT_MS });
  if (result.exitCode !== 0) throw new Error(`${server}: ${script}: ${result.stderr}`);
  return result.stdout.trim();
}

/** Gives what `script` prints on every server, by server. $1 is the environment's name. */
async function everywhere(fleet: TestFleet, script: string): Promise<Readonly<Record<string, string>>> {
  const { environment, servers } = fleet.sandbox;
  const answers = servers.map(async ({ name }) => [name, await inside(fleet, name, script, environment)] as const);
  return Object.fromEntries(await Promise.all(answers));
}

const STARTS = `for id in $(docker ps -aq); do
  docker inspect -f '{{index .Config.Labels "flotilla.service"}} {{.Id}} {{.State.StartedAt}}' "$id"
done`;

/** Gives the identity and the start of every container of ours, by `server/service`: equal when nothing was replaced or restarted. */
export async function containerStarts(fleet: TestFleet): Promise<Readonly<Record<string, string>>> {
  const answers = Object.entries(await everywhere(fleet, STARTS));
  const entries = answers.flatMap(([server, text]) =>
    text.split('\n').map((line): [string, string] => {
      const [service = '', ...rest] = line.split(' ');
      return [`${server}/${service}`, rest.join(' ')];
    }),
  );
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

/** Gives the units whose container differs between two looks; sorted. */
export function replaced(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.keys({ ...before, ...after })
    .filter((unit) => before[unit] !== after[unit])
    .toSorted();
}

/** Gives all that a deploy leaves on a server when it does something: journal, links to releases, containers. */
export async function footprint(fleet: TestFleet): Promise<unknown> {
  const script = `cd "/var/lib/flotilla/$1" && wc -l <journal.jsonl && for link in services/*/current; do readlink "$link"; done`;
  return { disks: await everywhere(fleet, script), containers: await containerStarts(fleet) };
}

/** Gives the servers whose lock is held. */
export async function locked(fleet: TestFleet): Promise<readonly string[]> {
  const answers = await everywhere(fleet, '[ ! -d "/var/lib/flotilla/$1/lock" ] || echo locked');
  return Object.entries(answers).flatMap(([server, text]) => (text === '' ? [] : [server]));
}

const RUNTIME = 'exec 3<>/dev/tcp/127.0.0.1/9999 && echo "$1" >&3 && cat <&3';

/** Gives the answer of the balancer to an order over its runtime interface. */
export function askEdge(fleet: TestFleet, order: string): Promise<string> {
  return inside(fleet, 'lb', RUNTIME, order);
}

/** Gives the entries that the balancer has in maintenance. */
export async function maintained(fleet: TestFleet): Promise<readonly string[]> {
  const lines = (await askEdge(fleet, 'show servers state be_web')).split('\n');
  const columns =
    lines
      .find((line) => line.startsWith('# '))
      ?.slice(2)
      .split(' ') ?? [];
  const [name, state] = [columns.indexOf('srv_name'), columns.indexOf('srv_admin_state')];
  if (name === -1 || state === -1) throw new Error(`the balancer says: ${lines.join('\n')}`);
  const rows = lines.map((line) => line.split(' ')).filter(({ length }) => length === columns.length);
  return rows.flatMap((row) => (row[state] === '0' || row[name] === undefined ? [] : [row[name]]));
}
