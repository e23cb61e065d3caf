import { httpLoad } from '@flotilla/sandbox';

import { announce, clock, figure, say } from './stage.ts';
import type { Stage } from './stage.ts';

const RELEASE = '4.2.0';
const NEXT_RELEASE = '4.3.0';

/** Boots the sandbox and brings the fleet onto it. */
export async function bringUp({ perform, repository }: Stage): Promise<void> {
  const { environment } = repository;
  announce('A sandbox: five servers with systemd, SSH and Docker, and a registry');
  say(await perform('up', environment));
  announce('First contact, then the first deploy over SSH');
  await perform('bootstrap', environment, '--sandbox');
  say(await perform('deploy', environment, '--sandbox'));
  say(await perform('status', environment, '--sandbox'));
}

/** Asks for the page through the balancer, with and without the cookie that binds a client to a server. */
export async function visit(stage: Stage): Promise<void> {
  announce('The page, through HAProxy');
  const url = await pageOf(stage);
  let cookie = '';
  for (const visitor of ['a new visitor', 'the same one', 'the same one']) {
    const response = await fetch(url, { headers: { cookie }, signal: AbortSignal.timeout(10_000) });
    const set = response.headers.getSetCookie().map((text) => text.split(';')[0] ?? '');
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    if (set.length > 0) cookie = set.join('; ');
    const release = response.headers.get('x-waybill-release');
    say(
      `  ${visitor.padEnd(14)} → ${response.status}, release ${release}, ${set.length > 0 ? `set ${cookie}` : `sent ${cookie}`}`,
    );
    await response.text();
  }
}

/** Changes the release, and shows what a reviewer would read. */
export async function review({ perform, repository }: Stage): Promise<void> {
  announce(`A pull request: release ${RELEASE} becomes ${NEXT_RELEASE}. What the reviewer reads`);
  await repository.edit(
    `waybill:${RELEASE}@sha256:${'1'.repeat(64)}`,
    `waybill:${NEXT_RELEASE}@sha256:${'2'.repeat(64)}`,
  );
  say(await perform('diff', repository.environment, '--base', 'HEAD', '--format', 'markdown'));
}

/** Deploys the change while a load runs. Throws when a request failed. */
export async function deployUnderLoad(stage: Stage): Promise<void> {
  const { perform, repository } = stage;
  announce('The merge: the new release, server by server, while a load runs');
  await perform('up', repository.environment);
  const load = httpLoad({ url: await pageOf(stage), lanes: 8, clock });
  const said = await perform('deploy', repository.environment, '--sandbox');
  const report = await load.stop();
  say(said);
  figure('requests while it was deployed', String(report.requests), '');
  figure('failed requests', String(report.failed.length), 'aim 0');
  if (report.failed.length > 0) throw new Error(`${report.failed.length} requests failed: ${report.failed[0]?.reason}`);
}

async function pageOf(stage: Stage): Promise<string> {
  const { servers } = await stage.sandbox();
  return `http://${servers.find(({ name }) => name === 'lb')?.address}/`;
}
