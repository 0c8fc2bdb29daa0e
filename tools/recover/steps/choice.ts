// The choice in the configuration: the database is created from the recovery point, and the lake rests.
import { databaseIdentifier } from '../../../lib/config/names';
import { ToolError } from '../../command-line';
import type { Setting } from '../configuration';
import { chosenIn } from '../journal';
import { factOf, missingHits, type Recovery } from '../recovery';
import { deployedData, restoredSite } from '../stacks';
import type { Step } from '../step';

export const choiceStep: Step = {
  ...{ name: 'choice', title: 'the recovery point in the configuration, with the lake held' },
  async left(recovery) {
    const { site, account } = recovery;
    const { arn } = factOf(recovery, 'chosen');
    const { name, region, settings } = site();
    const present = settings.data.restoreFrom[name];
    const deployed = await deployedData(account.cloudFormation(region), site());
    const isDeployed = deployed?.cluster === databaseIdentifier(restoredSite(site(), arn));
    // A lake that was started after a restore is not held again.
    if (present === arn && (isDeployed || settings.data.lakeHeld[name])) return [];
    if (present !== arn) checkReplacement(recovery, deployed !== undefined);
    return settingsOf(recovery).map(({ path, value }) => `${path.join('.')}: ${value}`);
  },
  async act(recovery) {
    const { journal, file, now } = recovery;
    const { arn, dataUntil } = factOf(recovery, 'chosen');
    // The log first: a run that was killed after the file is written keeps this choice.
    if (chosenIn(journal, now())?.point !== arn) {
      const missing = missingHits({ arn, ...(dataUntil ? { dataUntil } : {}) });
      journal.add({ event: 'chosen', point: arn, dataUntil: dataUntil?.toISOString() ?? null, missing });
    }
    file.write(settingsOf(recovery));
  },
};

function settingsOf(recovery: Recovery): readonly Setting[] {
  const { name } = recovery.site();
  return [
    { path: ['data', 'restoreFrom', name], value: factOf(recovery, 'chosen').arn },
    { path: ['data', 'lakeHeld', name], value: true },
  ];
}

/**
 * A database that is there may be newer than the recovery point. @throws ToolError unless its replacement is
 * confirmed
 */
function checkReplacement({ site, options }: Recovery, isThere: boolean): void {
  const { name, region, settings } = site();
  const present = settings.data.restoreFrom[name];
  if (options.replaceDatabase || (present === undefined && !isThere)) return;
  const got = present === undefined ? `a database of the site in ${region}` : present;
  throw new ToolError(
    `data.restoreFrom.${name}: expected none before a recovery, got ${got}; its data would be replaced by that of the recovery point: to ` +
      'confirm that, add --replace-database (the former cluster stays, without instances)',
  );
}
