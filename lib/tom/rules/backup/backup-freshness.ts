// DSS-5.5.2, DSS-5.4.3: a function examines the backups of every store hourly; alarms report their age and findings.
import { backupAge, probeMetrics } from '../../../config/metrics';
import { backupTag, dailyBackup } from '../../../labels/backup';
import { longestBackupAge } from '../../figures';
import { type Bypass, type Finding, type Guard, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { copyRegionOf, hasCopies } from '../../template/copies';
import { customerKey } from '../../template/keys';
import { alarmType, bucketType, clusterType, keyAliasType, scheduleType } from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { newResource } from '../bypass';
import { type RequiredRuns, runFindings, runGuards, runReads } from '../control-run-findings';
import { alarmGuards } from '../probe-alarms';

const hour = 3600;
/** Seconds without a completed run after which people are notified. */
export const longestGap = 3 * hour;

const fix = 'Create BackupFreshness in the backup stack.';
const foreignKey = 'arn:aws:kms:eu-west-3:999999999999:key/theirs';

const runs: RequiredRuns = {
  control: 'backup-freshness',
  variables: [
    {
      ...{ name: 'STORES', required: 'exactly the stores with the tag of the daily backup', wrong: ['arn:aws:s3:::one', ''] },
      holds: (value, _, assembly) => namesIn(value).sort().join() === storesOf(assembly).map(nameOf).sort().join(),
    },
    {
      ...{ name: 'VAULTS', required: 'the vaults of the deployment in both regions', wrong: ['arn:aws:backup:eu-west-3:1:backup-vault:x'] },
      holds: (value, _, { facts }) => {
        const copies = copyRegionOf(facts);
        const vault = (region: string, use: string) => `${region} ${facts.deployment}-${use}`;
        const required = [vault(facts.region, 'backups'), ...(copies === undefined ? [] : [vault(copies, 'copies')])];
        return vaultsIn(value).join() === required.join();
      },
    },
    {
      ...{ name: 'KEYS', required: 'the keys of the databases, and no other', wrong: [foreignKey, ''] },
      holds: (value, lambda, assembly) =>
        assembly.ofType(clusterType).every((cluster) => {
          const key = customerKey(cluster.at('KmsKeyId'), cluster, assembly);
          return key !== undefined && assembly.refersTo(value, lambda, key);
        }),
    },
  ],
  ...{ trigger: scheduleType, interval: hour, gap: longestGap },
};

export const backupFreshness: Rule = {
  name: 'backup-freshness',
  requires: 'a function examines the age and the retention of the backups of every store hourly, with alarms',
  types: [clusterType, bucketType],
  check(store, assembly) {
    if (!isBackedUp(store)) return 'not-applicable';
    const vaults = hasCopies(assembly.facts) ? ['backups', 'copies'] : ['backups'];
    const alarms = assembly.ofType(alarmType);
    const unwatched = vaults.filter((use) => !alarms.some((alarm) => isAgeAlarm(alarm, use, assembly)));
    return [...runFindings(runs, assembly, fix), ...unwatched.map(ageFinding)];
  },
  guards: [...runGuards(runs), ...ageGuards('backups'), ...ageGuards('copies')],
  bypasses: [forgottenStore()],
  reads: [
    ...runReads(scheduleType),
    ...[clusterType, bucketType].map((type) => ({ type, path: 'Properties.Tags' })),
    { type: clusterType, path: 'Properties.DBClusterIdentifier' },
    { type: clusterType, path: 'Properties.KmsKeyId' },
    { type: bucketType, path: 'Properties.BucketName' },
    { type: keyAliasType, path: 'Properties' },
  ],
};

const ageFinding = (use: string): Finding => ({
  id: `age::${use}`,
  path: 'the alarms on the age of backups',
  found: undefined,
  required: `an alarm when the newest usable point of the vault of ${use} is more than ${longestBackupAge} hours old`,
  fix,
});

/** Whether the plans select a store. */
const isBackedUp = (store: Resource): boolean =>
  listOf(store.at('Tags')).some((tag) => isObject(tag) && tag.Key === backupTag && tag.Value === dailyBackup);

const storesOf = (assembly: Assembly): readonly Resource[] =>
  [clusterType, bucketType].flatMap((type) => assembly.ofType(type).filter(isBackedUp));

/** Name of a store, which ends its ARN. */
const nameOf = (store: Resource): string => renderText(store.at(store.type === clusterType ? 'DBClusterIdentifier' : 'BucketName')) ?? '';

/** Names at the ends of the ARNs that a variable lists. */
const namesIn = (value: Json | undefined): string[] => (renderText(value) ?? '').split(',').map((arn) => arn.split(':').at(-1) ?? '');

/** Region and name of each vault that a variable lists. */
const vaultsIn = (value: Json | undefined): string[] =>
  (renderText(value) ?? '').split(',').map((arn) => `${arn.split(':')[3]} ${arn.split(':')[6]}`);

/** An alarm on the age in a vault; missing data keeps its state, because a failed run says nothing of the age. */
function isAgeAlarm(alarm: Resource, use: string, { facts }: Assembly): boolean {
  const dimensions = listOf(alarm.at('Dimensions')).map((one) => (isObject(one) ? `${String(one.Name)}=${String(one.Value)}` : ''));
  return (
    alarm.at('Namespace') === probeMetrics.namespace &&
    alarm.at('MetricName') === backupAge &&
    alarm.at('Statistic') === 'Maximum' &&
    dimensions.sort().join() === [`Deployment=${facts.deployment}`, `Vault=${facts.deployment}-${use}`].join() &&
    alarm.at('ComparisonOperator') === 'GreaterThanThreshold' &&
    Number(alarm.at('Threshold') ?? Number.NaN) <= longestBackupAge &&
    alarm.at('EvaluationPeriods') === 1 &&
    Number(alarm.at('Period')) <= hour &&
    alarm.at('TreatMissingData') === 'ignore' &&
    alarm.at('ActionsEnabled') !== false
  );
}

function ageGuards(use: string): readonly Guard[] {
  return alarmGuards((alarm, assembly) => isAgeAlarm(alarm, use, assembly), {
    'Properties.Threshold': [remove, replace(25)],
    'Properties.EvaluationPeriods': [remove, replace(24)],
    'Properties.Period': [replace(86_400)],
    'Properties.TreatMissingData': [remove, replace('notBreaching')],
  });
}

/** A store that the plans select, and that the function does not examine. */
function forgottenStore(): Bypass {
  const Tags = [{ Key: backupTag, Value: dailyBackup }];
  return {
    name: 'a store with the tag of the daily backup that the function does not examine',
    resources: { Forgotten: newResource(bucketType, { BucketName: 'forgotten', Tags }) },
  };
}
