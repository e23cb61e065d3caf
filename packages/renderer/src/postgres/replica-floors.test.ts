import { expect, it } from 'vitest';

import { replicaFloors } from './replica-floors.ts';
import { tunePostgres } from './tuning.ts';

it('names what a standby must not have less of: as derived, as written, else as the engine has it', () => {
  const tuning = tunePostgres(
    { tuning: { max_prepared_transactions: 20 }, walKeep: 2 ** 30 },
    { memoryBytes: 2 ** 31, cpus: 12 },
  );
  expect(replicaFloors(tuning)).toEqual({
    max_connections: 60,
    max_locks_per_transaction: 64,
    max_prepared_transactions: 20,
    max_wal_senders: 10,
    max_worker_processes: 12,
  });
});
