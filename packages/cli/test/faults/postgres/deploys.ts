import { expect, onTestFinished, test } from 'vitest';

import { codeIn, healthyRoles } from '../../e2e/support/data-tier.ts';
import { footprint, inside, locked } from '../../e2e/support/servers.ts';
import type { Bench } from '../support/bench.ts';
import { standing } from '../support/look.ts';

const INVALID = 2;
const FAILED = 1;

/** $1 environment. Moves what a deploy writes to a disk of its own that has next to no room. */
const SHRINK = `cd / && root=/var/lib/flotilla/$1 && mkdir /run/kept && mount --bind "$root" /run/kept &&
mount -t tmpfs -o size=8m tmpfs "$root" && cp -a /run/kept/. "$root/"`;
const GROW = 'cd / && umount -l "/var/lib/flotilla/$1" && umount /run/kept && rmdir /run/kept';

/** What a deploy must see before it touches anything. */
export function deployFaults({ fleet }: Bench): void {
  const deploy = () => ['deploy', fleet().repository.environment, '--sandbox', '--json'] as const;

  test.each([
    ['a setting that PostgreSQL does not know', 'tuning: { wrok_mem: 8MB }', 'VALIDATE_SETTING_UNKNOWN'],
    ['a value that PostgreSQL does not take', 'tuning: { work_mem: plenty }', 'VALIDATE_SETTING_VALUE'],
  ])('row 35: %s is refused before anything is touched', async (_what, tuning, code) => {
    await healthyRoles(fleet());
    const before = await footprint(fleet());
    const [right, wrong] = ['databases: [ledger]', `databases: [ledger]\n    ${tuning}`];
    await fleet().repository.edit(right, wrong);
    onTestFinished(() => fleet().repository.edit(wrong, right));
    expect((await fleet().expect(INVALID, ...deploy())).stdout).toContain(code);
    expect(await footprint(fleet())).toEqual(before);
  });

  test('row 42: a server without room is found before anything is touched', async () => {
    await healthyRoles(fleet());
    const { repository, data } = fleet();
    const before = await standing(fleet());
    const [right, wrong] = ['health: { http: /health, interval: 3s', 'health: { http: /health, interval: 4s'];
    await repository.edit(right, wrong);
    onTestFinished(() => repository.edit(wrong, right));
    await inside(fleet(), data.client, SHRINK, repository.environment);
    onTestFinished(async () => void (await inside(fleet(), data.client, GROW, repository.environment)));
    const containers = await footprint(fleet());
    expect((await fleet().expect(FAILED, ...deploy())).stdout).toContain('DEPLOY_DISK_FULL');
    expect(await footprint(fleet())).toEqual(containers);
    expect(await locked(fleet())).toEqual([]);
    expect(await standing(fleet())).toEqual(before);
  });

  test('row 39: of two deploys at once one does the work, and the other waits or finds the lock held', async () => {
    await healthyRoles(fleet());
    const { repository } = fleet();
    const [right, wrong] = ['health: { http: /health, interval: 3s', 'health: { http: /health, interval: 5s'];
    await repository.edit(right, wrong);
    onTestFinished(() => repository.edit(wrong, right));
    const results = await Promise.all([repository.flotilla(...deploy()), repository.flotilla(...deploy())]);
    const outcomes = results.map(({ exitCode, stdout }) => (exitCode === 0 ? outcomeIn(stdout) : codeIn(stdout)));
    expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(1);
    expect(['unchanged', 'DEPLOY_LOCK_HELD']).toContain(outcomes.find((outcome) => outcome !== 'done'));
    expect(await locked(fleet())).toEqual([]);
    await fleet().expect(0, 'plan', repository.environment, '--sandbox', '--exit-code');
  });
}

/** Gives what a deploy says that it did. */
function outcomeIn(stdout: string): string {
  // What the command documents as its answer.
  return (JSON.parse(stdout) as { readonly report: { readonly outcome: string } }).report.outcome;
}
