// Looks every day whether backups and keys of the deployment are in nobody else's hands.
import { type Probed, report } from '../../../runtime/probe';
import { backupStores } from './backups';
import { readEnvironment } from './env';
import { keysOfThisRegion } from './keys';
import { probe } from './probe';

const environment = readEnvironment(process.env);
const stores = environment.REGIONS.split(',').flatMap(backupStores);
const keys = keysOfThisRegion();

export async function handler(): Promise<Probed> {
  const { DEPLOYMENT: name, ACCOUNT: account, METRIC_NAMESPACE: namespace } = environment;
  const probed = await probe({ name, account, keys: environment.KEYS.split(',') }, stores, keys);
  const run = { probe: 'no-shared-backups-probe', clause: 'TOM-7.4', deployment: name, namespace, at: new Date() };
  return report(run, probed, (line) => process.stdout.write(line));
}
