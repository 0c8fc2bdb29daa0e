// The deployment of the site: every stack, and the database from the recovery point.
import { databaseIdentifier } from '../../../lib/config/names';
import { deploy } from '../deploy';
import { factOf, type Recovery } from '../recovery';
import { deployedData, isComplete, restoredSite, statesOf } from '../stacks';
import type { Step } from '../step';

export const deployStep: Step = {
  ...{ name: 'deploy', title: 'the stacks of the site' },
  async left(recovery) {
    const open = (await statesOf(recovery)).filter((state) => !isComplete(state));
    return [
      ...open.map(({ name, region, status = 'not there' }) => `deploy ${name} in ${region} (${status})`),
      ...(await databaseLeft(recovery)),
    ];
  },
  act: (recovery) => deploy(recovery, 'deploy', ['--all']),
};

async function databaseLeft(recovery: Recovery): Promise<readonly string[]> {
  const { account, site } = recovery;
  const { name, region, settings } = site();
  const { arn } = factOf(recovery, 'chosen');
  const deployed = await deployedData(account.cloudFormation(region), site());
  if (deployed?.cluster !== databaseIdentifier(restoredSite(site(), arn))) return [`create the database from ${arn}`];
  return settings.data.lakeHeld[name] && !deployed.isHeld ? ['hold the lake'] : [];
}
