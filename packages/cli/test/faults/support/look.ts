import { pollUntil, systemClock } from '@flotilla/exec';
import type { Assessment } from '@flotilla/failover';
import { causeFault, parseFault } from '@flotilla/sandbox';
import { expect } from 'vitest';

import type { ServiceStatus } from '../../../src/reporters/service-status.ts';
import { codeIn, engineOf, healthyRoles, statusOf } from '../../e2e/support/data-tier.ts';
import type { Roles } from '../../e2e/support/data-tier.ts';
import type { TestFleet } from '../../e2e/support/fleet.ts';
import { inside } from '../../e2e/support/servers.ts';

const clock = systemClock();

/** Waits until the status is as wanted, and gives it. Throws after 90 s with the last one. */
export async function untilStatus(
  fleet: TestFleet,
  what: string,
  isThere: (status: ServiceStatus) => boolean,
): Promise<ServiceStatus> {
  let last: ServiceStatus | undefined;
  const probe = async () => {
    last = await statusOf(fleet);
    return isThere(last) ? last : undefined;
  };
  const found = await pollUntil(probe, { intervalMs: 200, timeoutMs: 90_000, clock });
  if (found === undefined) throw new Error(`it did not come about: ${what}; ${JSON.stringify(last)}`);
  return found;
}

/** Gives one member of a status. Throws when it is none. */
export function memberIn({ members }: Assessment, server: string): Assessment['members'][number] {
  const found = members.find((member) => member.server === server);
  if (found === undefined) throw new Error(`${server} is no member`);
  return found;
}

/** Who is what: all that a refused command must not change. */
type Standing = Pick<Assessment, 'term' | 'primary' | 'extraPrimaries'> & { readonly roles: readonly string[] };

/** Gives who is what now. */
export async function standing(fleet: TestFleet): Promise<Standing> {
  const { term, primary, extraPrimaries, members } = await statusOf(fleet);
  const roles = members.map(({ server, role }) => `${server} ${role}`);
  return {
    ...(term === undefined ? {} : { term }),
    ...(primary === undefined ? {} : { primary }),
    extraPrimaries,
    roles,
  };
}

/** A busy server may miss one look, which says nothing about what it is: the standing must be the same within 30 s. */
async function expectStanding(fleet: TestFleet, before: Standing): Promise<void> {
  let after: Standing | undefined;
  const isSame = async () => {
    after = await standing(fleet);
    return JSON.stringify(after) === JSON.stringify(before) ? true : undefined;
  };
  await pollUntil(isSame, { intervalMs: 500, timeoutMs: 30_000, clock });
  expect(after).toEqual(before);
}

/** Runs a command that must be refused with a code, and must not change who is what. */
export async function expectRefused(fleet: TestFleet, code: string, words: readonly string[]): Promise<void> {
  await expectError(fleet, { exitCode: 1, code }, words);
}

/** Runs a call that is wrong by the environment alone; it must be refused as such, and must not change who is what. */
export async function expectWrongCall(fleet: TestFleet, code: string, words: readonly string[]): Promise<void> {
  await expectError(fleet, { exitCode: 2, code }, words);
}

type Expected = { readonly exitCode: number; readonly code: string };

async function expectError(fleet: TestFleet, { exitCode, code }: Expected, words: readonly string[]): Promise<void> {
  const before = await standing(fleet);
  const { stdout } = await fleet.expect(exitCode, ...words);
  expect(codeIn(stdout)).toBe(code);
  await expectStanding(fleet, before);
}

/** Waits until the fleet is whole, and gives its roles and its term; equal to an earlier answer when nobody took over in between. */
export async function whole(fleet: TestFleet): Promise<Roles & Pick<Assessment, 'term'>> {
  const roles = await healthyRoles(fleet);
  const { term } = await statusOf(fleet);
  return { ...roles, ...(term === undefined ? {} : { term }) };
}

/** Causes a fault in the words of the command, without the command's own start. */
export async function strike({ sandbox, runner }: TestFleet, ...words: readonly string[]): Promise<void> {
  const parsed = parseFault(words);
  if (parsed.kind === 'mistake') throw new Error(parsed.message);
  await causeFault({ environment: sandbox.environment, runner, clock }, parsed);
}

/** Starts the engine of a member again. */
export async function bootEngine(fleet: TestFleet, server: string): Promise<void> {
  await strike(fleet, 'boot', `${fleet.data.service}@${server}`);
}

/** Runs a script inside the engine's container of a member, as its user, and gives its output. */
export function inEngine(
  fleet: TestFleet,
  server: string,
  ...[user, script, ...words]: readonly [user: string, script: string, ...words: readonly string[]]
): Promise<string> {
  const argv =
    'container=$1 user=$2 script=$3; shift 3; docker exec -u "$user" "$container" sh -c "$script" engine "$@"';
  return inside(fleet, server, argv, engineOf(fleet), user, script, ...words);
}

/** Room for the data of a small database and some log, in MiB. */
const SMALL_DISK = '600';

/** Gives a member's data a small disk of their own while `work` runs, also when it fails; the engine restarts before and after. */
export async function onSmallDisk(fleet: TestFleet, server: string, work: () => Promise<void>): Promise<void> {
  const engine = `${fleet.data.service}@${server}`;
  await strike(fleet, 'limit', engine, SMALL_DISK);
  try {
    await work();
  } finally {
    await strike(fleet, 'unlimit', engine);
  }
}
