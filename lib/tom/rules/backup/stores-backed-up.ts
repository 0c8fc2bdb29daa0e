// DSS-5.4.2: every store is selected for the daily backup by its tag, or left out with a reason of a closed list.
import { backupTag, dailyBackup, deploymentTag, notBackedUpKey } from '../../../labels/backup';
import { append, finding, guardWhere, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { nameOf } from '../../template/names';
import { matchesPattern } from '../../template/policies';
import { bucketType, clusterType, planType, selectionType, serverTemplateType, streamType } from '../../template/resource-types';
import { storesLeftOut } from '../../world/backup-stores';
import { newResource } from '../bypass';

/** Types that AWS Backup backs up, and the two others whose data could be lost before it is in one of them. */
const storeTypes = [
  bucketType,
  clusterType,
  'AWS::DynamoDB::Table',
  'AWS::EC2::Volume',
  'AWS::EFS::FileSystem',
  serverTemplateType,
  streamType,
];
const reasonPath = `Metadata.${notBackedUpKey}`;
const tagPath = `Properties.Tags.[Key=${backupTag}].Value`;

export const storesBackedUp: Rule = {
  name: 'stores-backed-up',
  requires: 'every store has the tag by which a plan selects it, or a listed reason why none does',
  types: storeTypes,
  check(store, assembly) {
    const isTagged = tagsOf(store).some(({ Key, Value }) => Key === backupTag && Value === dailyBackup);
    const reason = store.json.Metadata?.[notBackedUpKey];
    if (isTagged && reason !== undefined) return [finding(store, 'both', reasonPath, 'a tag or a reason, not both', fix)];
    if (isTagged) return isSelected(store, assembly) ? [] : [finding(store, 'selection', '', 'a selection that has the store', fix)];
    const listed = storesLeftOut[nameOf(store, assembly.facts)];
    if (reason !== undefined && reason === listed) return [];
    const required = listed === undefined ? `the tag ${backupTag} with ${dailyBackup}` : `the reason "${listed}"`;
    return [finding(store, 'backup', reason === undefined ? 'Properties.Tags' : reasonPath, required, fix)];
  },
  guards: [
    ...[bucketType, clusterType].map((type) => guardWhere(type, isTaggedStore, tagPath, remove, replace('weekly'))),
    ...[bucketType, serverTemplateType, streamType].map((type) => guardWhere(type, isLeftOut, reasonPath, remove, replace('Not needed.'))),
    ...['0', '1'].map((index) =>
      guardWhere(selectionType, always, `Properties.BackupSelection.Conditions.StringEquals.${index}.ConditionValue`, replace('another')),
    ),
    guardWhere(
      selectionType,
      always,
      'Properties.BackupSelection.Conditions.StringEquals',
      append({ ConditionKey: 'aws:ResourceTag/x', ConditionValue: 'y' }),
    ),
    guardWhere(selectionType, always, 'Properties.BackupSelection.Resources', remove, replace(['arn:aws:s3:::another'])),
    guardWhere(selectionType, always, 'Properties.BackupSelection.IamRoleArn', remove),
    guardWhere(selectionType, always, 'Properties.BackupPlanId', remove, replace('another')),
  ],
  bypasses: storeTypes
    .filter((type) => type !== serverTemplateType)
    .map((type) => ({ name: `a further ${type} without a backup`, resources: { Further: newResource(type) } })),
  reads: [
    ...storeTypes.flatMap((type) => ['Properties.Tags', 'Metadata'].map((path) => ({ type, path }))),
    { type: bucketType, path: 'Properties.BucketName' },
    { type: selectionType, path: 'Properties' },
  ],
};

const fix = 'Call backUp or leaveOutOfBackups of lib/labels/backup.ts where the store is made.';

const tagsOf = (store: Resource) => listOf(store.at('Tags')).filter(isObject);

function isTaggedStore(store: Resource): boolean {
  return tagsOf(store).some(({ Key }) => Key === backupTag);
}

function isLeftOut(store: Resource): boolean {
  return store.json.Metadata?.[notBackedUpKey] !== undefined;
}

function always(): boolean {
  return true;
}

/** Whether a plan of the deployment selects the store, by its ARN and by the two tags alone. */
function isSelected(store: Resource, assembly: Assembly): boolean {
  return assembly.ofType(selectionType).some((selection) => {
    const chosen = selection.at('BackupSelection');
    const resources = listOf(canonical(valueAt(chosen, 'Resources') ?? [], selection.stack, assembly)).map(String);
    const plan = assembly.target(selection.at('BackupPlanId'), selection.stack);
    return (
      plan?.type === planType &&
      valueAt(chosen, 'IamRoleArn') !== undefined &&
      valueAt(chosen, 'NotResources') === undefined &&
      isByTags(valueAt(chosen, 'Conditions'), assembly) &&
      resources.some((pattern) => matchesPattern(pattern, arnOf(store, assembly)))
    );
  });
}

/** Exactly the two conditions, which AWS Backup joins by "and". */
function isByTags(conditions: Json | undefined, { facts }: Assembly): boolean {
  const wanted = new Map([
    [`aws:ResourceTag/${backupTag}`, dailyBackup],
    [`aws:ResourceTag/${deploymentTag}`, facts.deployment],
  ]);
  if (!isObject(conditions) || Object.keys(conditions).join() !== 'StringEquals') return false;
  const all = listOf(conditions.StringEquals).filter(isObject);
  return all.length === wanted.size && all.every(({ ConditionKey, ConditionValue }) => wanted.get(String(ConditionKey)) === ConditionValue);
}

/** ARN of the store, as a selection can match it: of a bucket its name, of a cluster its type. */
function arnOf(store: Resource, assembly: Assembly): string {
  const { region } = assembly.facts;
  if (store.type === clusterType) return `arn:aws:rds:${region}:\${AWS::AccountId}:cluster:any`;
  const name = canonical(store.at('BucketName') ?? '', store.stack, assembly);
  return store.type === bucketType ? `arn:aws:s3:::${String(name)}` : '';
}
