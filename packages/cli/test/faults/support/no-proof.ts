import { readFile, writeFile } from 'node:fs/promises';

import type { TestFleet } from '../../e2e/support/fleet.ts';
import { inside } from '../../e2e/support/servers.ts';

/** Runs `work` while no server's power can be cut; gives the drivers back afterwards, also when it fails. */
export async function withoutPower<T>({ sandbox }: TestFleet, work: () => Promise<T>): Promise<T> {
  const { environmentFile } = sandbox;
  const text = await readFile(environmentFile, 'utf8');
  await writeFile(environmentFile, text.replaceAll(/"power":\{.*\}\}/g, '"power":null}'));
  try {
    return await work();
  } finally {
    await writeFile(environmentFile, text);
  }
}

/** Runs `work` while no server's power can be cut and the client's server can isolate nobody; undoes both afterwards, also when it fails. */
export async function withoutProof(fleet: TestFleet, work: () => Promise<void>): Promise<void> {
  const { client } = fleet.data;
  await inside(fleet, client, 'mv /usr/sbin/nft /usr/sbin/nft.away');
  try {
    await withoutPower(fleet, work);
  } finally {
    await inside(fleet, client, 'mv /usr/sbin/nft.away /usr/sbin/nft');
  }
}
