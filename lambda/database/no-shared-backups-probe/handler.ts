// Checks every day that no backup, vault or key of the deployment is shared with another account.
import { type ProbeResult, report } from '../../../runtime/probe';
import { backupStores } from './backups';
import { readEnvironment } from './env';
import { keysOf } from './keys';
import { probe } from './probe';
import { vaultsOf } from './vaults';

const environment = readEnvironment(process.env);
const regions = environment.REGIONS.split(',');
const sources = { stores: regions.flatMap(backupStores), vaults: regions.map(vaultsOf), keys: keysOf(process.env.AWS_REGION ?? '') };

export async function handler(): Promise<ProbeResult> {
  const { DEPLOYMENT: name, ACCOUNT: account, METRIC_NAMESPACE: namespace } = environment;
  const probed = await probe({ name, account, keys: environment.KEYS.split(',') }, sources);
  const run = { probe: 'no-shared-backups-probe', clause: 'TOM-7.4', deployment: name, namespace, at: new Date() };
  return report(run, probed, (line) => process.stdout.write(line));
}
