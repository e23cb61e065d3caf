/** The demo: `node scripts/tour/main.ts [--keep]`, called by scripts/demo. */
import { argv, chalk } from 'zx';

import { bringUp, deployUnderLoad, review, visit } from './deploys.ts';
import { loseThePrimary } from './loss.ts';
import { announce, openStage, say } from './stage.ts';

const stage = await openStage();
const inFleet = `cd ${stage.repository.root} && ../../scripts/flotilla`;
try {
  for (const act of [bringUp, visit, review, deployUnderLoad, loseThePrimary]) await act(stage);
  if (argv['keep'] === true) {
    announce('The sandbox stays up');
    say(`look around:   (${inFleet} status tour --sandbox)\nand remove it: (${inFleet} down tour)`);
  } else {
    announce('Taking everything down');
    await stage.repository.remove();
  }
  announce('Done');
} catch (error) {
  say(chalk.red(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}`));
  say(`The sandbox is left as it is, to be looked at:\n  (${inFleet} status tour --sandbox)`);
  say(`Then remove it and try again:\n  (${inFleet} down tour); scripts/demo`);
  process.exitCode = 1;
}
