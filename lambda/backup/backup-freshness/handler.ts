// Examines backups every hour: the age of the newest usable point of each store in both regions, and the retention.
import { report } from '../../../runtime/probe';
import { readEnvironment } from './env';
import { examine } from './examine';
import { ageLine } from './report-ages';
import { bucketsOfAccount, regionOf } from './sources';

const environment = readEnvironment(process.env);
const { DEPLOYMENT: deployment, METRIC_NAMESPACE: namespace } = environment;
const scope = { deployment, stores: environment.STORES.split(','), keys: environment.KEYS.split(',') };
const [home = '', copies] = environment.VAULTS.split(',');
const sources = { home: regionOf(home), ...(copies ? { copies: regionOf(copies) } : {}), buckets: bucketsOfAccount() };

/** Lambda retries a failed run twice, then sends its event to the dead-letter queue, and an alarm notifies. */
export async function handler(): Promise<void> {
  const run = { probe: 'backup-freshness', clause: 'DSS-5.5.2', deployment, namespace, at: new Date() };
  const { ages, ...probed } = await examine(sources, scope, run.at);
  for (const [vault, hours] of Object.entries(ages)) process.stdout.write(`${ageLine(run, vault, hours)}\n`);
  report(run, probed, (line) => process.stdout.write(line));
}
