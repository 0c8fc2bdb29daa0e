// The lake: its catalogue is reconciled with its objects, and then its functions start again. (DSS-4.2, TOM-7.1)
import { databaseIdentifier, stackName } from '../../../lib/config/names';
import { ToolError } from '../../command-line';
import { reconcileAll, reconciledText } from '../../lake/reconcile';
import { deploy } from '../deploy';
import { factOf, type Recovery } from '../recovery';
import { deployedData, restoredSite } from '../stacks';
import type { Step } from '../step';

export const lakeStep: Step = {
  ...{ name: 'lake', title: 'the lake: its catalogue, and its start' },
  leftOutBy: ({ options }) => (options.without.has('lake') ? '--without lake: the lake stays held' : undefined),
  async left(recovery) {
    const { account, site } = recovery;
    const { name, region, settings } = site();
    const deployed = await deployedData(account.cloudFormation(region), site());
    const isRestored = deployed?.cluster === databaseIdentifier(restoredSite(site(), factOf(recovery, 'chosen').arn));
    const isHeld = !isRestored || settings.data.lakeHeld[name];
    return [
      ...(isHeld ? ['reconcile the catalogue with the objects', `data.lakeHeld.${name}: false`] : []),
      ...(isHeld || deployed.isHeld ? [`deploy ${stackName(site(), 'data')}`] : []),
    ];
  },
  async act(recovery) {
    const { site, file } = recovery;
    const { name, settings } = site();
    if (settings.data.lakeHeld[name]) {
      await reconcile(recovery);
      file.write([{ path: ['data', 'lakeHeld', name], value: false }]);
    }
    await deploy(recovery, 'lake', [stackName(site(), 'data'), '--exclusively']);
  },
};

async function reconcile({ account, journal, progress }: Recovery): Promise<void> {
  const { days, failures, isComplete } = await reconcileAll({ confirm: true }, account.call);
  const lines = reconciledText(days, failures, true).split('\n');
  for (const line of lines) journal.add({ event: 'output', step: 'lake', line });
  progress(`  ${days.length} days compared`);
  if (isComplete) return;
  throw new ToolError(
    `lake: expected the catalogue and the objects to be equal, got ${lines.length} lines in the log, first: ${lines[0]}; do what the runbook ` +
      'says under "A file of the lake is gone", or leave the lake held with --without lake, and run the command again',
  );
}
