import { describe } from 'vitest';

import { deployFaults } from './postgres/deploys.ts';
import { diskFaults } from './postgres/disks.ts';
import { networkFaults } from './postgres/network.ts';
import { processFaults } from './postgres/processes.ts';
import { refusals } from './postgres/refusals.ts';
import { synchronousFaults } from './postgres/synchronous.ts';
import { openBench } from './support/bench.ts';
import { replacedMachine } from './support/replaced-machine.ts';

const bench = openBench({
  environment: 'faultspg',
  template: 'lab/postgres',
  data: { service: 'database', kind: 'postgres', database: 'ledger', client: 'edge', oldClient: 'edge' },
  // A second edge, with the application and its way to the database.
  edits: [['on: [edge]', 'on: [edge, db2]']],
});

describe('between the servers', () => {
  networkFaults(bench);
});
describe('of the engines', () => {
  processFaults(bench);
});
describe('a command is refused, and nothing is changed, for', () => {
  refusals(bench);
});
describe('before a deploy', () => {
  deployFaults(bench);
});
describe('of the disks', () => {
  diskFaults(bench);
  replacedMachine(bench);
});
describe('of a standby that confirms', () => {
  synchronousFaults(bench);
});
