import { databaseSecrets } from '@flotilla/model';
import { readSecrets } from '@flotilla/sandbox';

import { engineOf } from '../../e2e/support/data-tier.ts';
import type { TestFleet } from '../../e2e/support/fleet.ts';
import { inside } from '../../e2e/support/servers.ts';

/** $1 the engine's container, which does not run, $2 the script, $3 the guard's password. */
const IN_ITS_IMAGE = `image=$(docker inspect -f '{{.Image}}' "$1")
docker run --rm --network none --user 0:0 --volumes-from "$1" --entrypoint sh "$image" -ec "$2" cluster "$3"`;

/** Sets the data aside and makes a standby of a cluster that has nothing to do with them, in which the guard can still look. */
const MAKE = `cd /var/lib/postgresql/data && mv pgdata pgdata.right
gosu postgres initdb -D "$PWD/pgdata" >/dev/null
echo "CREATE ROLE flotilla_guard LOGIN REPLICATION PASSWORD '$1' IN ROLE pg_monitor" |
  gosu postgres postgres --single -D "$PWD/pgdata" postgres >/dev/null
gosu postgres touch pgdata/standby.signal`;

const RESTORE = 'cd /var/lib/postgresql/data && rm -rf pgdata && mv pgdata.right pgdata';

/** Gives a stopped member the data of another cluster; what it gives back restores its own, once it is stopped again. */
export async function foreignCluster(fleet: TestFleet, server: string): Promise<() => Promise<void>> {
  const container = engineOf(fleet);
  const secrets = await readSecrets(fleet.sandbox.secretsFile);
  const password = secrets.get(databaseSecrets.guard(fleet.data.service)) ?? '';
  await inside(fleet, server, IN_ITS_IMAGE, container, MAKE, password);
  return async () => {
    await inside(fleet, server, IN_ITS_IMAGE, container, RESTORE, '');
  };
}
