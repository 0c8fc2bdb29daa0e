// DSS-5.4.1: every resource that stores data is labelled with a classification from the fixed list.
import { classifications, classificationTag } from '../../../labels/labels';
import { finding, guard, type Rule, remove, replace } from '../../rule';
import { isObject, type Json, type Resource } from '../../template/assembly';
import { kindOf, queueType, type Store } from '../../template/resource-types';
import { unknownStores } from './unknown-store-bypasses';
import { unlistedTypeFinding } from './unlisted-type-findings';

interface Tags {
  readonly path: string;
  /** Whether the tags are a map instead of a list of keys and values. */
  readonly map?: true;
}

/** The tags property of each type that stores data. */
const tagsOf: Readonly<Record<Store, Tags>> = {
  'AWS::Backup::BackupVault': { path: 'BackupVaultTags', map: true },
  'AWS::CloudTrail::Trail': { path: 'Tags' },
  'AWS::Cognito::UserPool': { path: 'UserPoolTags', map: true },
  'AWS::DynamoDB::Table': { path: 'Tags' },
  'AWS::EC2::Volume': { path: 'Tags' },
  'AWS::ECR::Repository': { path: 'Tags' },
  'AWS::EFS::FileSystem': { path: 'FileSystemTags' },
  'AWS::Kinesis::Stream': { path: 'Tags' },
  'AWS::KinesisFirehose::DeliveryStream': { path: 'Tags' },
  'AWS::Logs::LogGroup': { path: 'Tags' },
  'AWS::RDS::DBCluster': { path: 'Tags' },
  'AWS::RDS::DBInstance': { path: 'Tags' },
  'AWS::S3::Bucket': { path: 'Tags' },
  'AWS::SNS::Topic': { path: 'Tags' },
  [queueType]: { path: 'Tags' },
  'AWS::SSM::Parameter': { path: 'Tags', map: true },
  'AWS::SecretsManager::Secret': { path: 'Tags' },
};

export const classification: Rule = {
  name: 'classification',
  requires: `every resource that stores data has the tag ${classificationTag} with one of ${classifications.join(', ')}`,
  // Every type, so that a store of an unlisted type is a finding.
  types: ['*'],
  check(resource) {
    const kind = kindOf(resource.type);
    if (kind === 'unknown') return [unlistedTypeFinding(resource)];
    if (kind !== 'store') return 'not-applicable';
    const tags = tagsOf[resource.type as Store];
    const label = labelOf(resource, tags.path);
    if (classifications.some((known) => known === label)) return [];
    const path = `Properties.${tags.path}`;
    const required = `${classificationTag} with one of ${classifications.join(', ')}`;
    return [{ ...finding(resource, 'label', path, required, 'Call classify of lib/labels/labels.ts on the construct.'), found: label }];
  },
  guards: Object.entries(tagsOf).map(([type, { path, map }]) => {
    const value = map ? `Properties.${path}.${classificationTag}` : `Properties.${path}.[Key=${classificationTag}].Value`;
    return guard(type, value, remove, replace('secret'));
  }),
  bypasses: unknownStores,
  reads: Object.entries(tagsOf).map(([type, { path }]) => ({ type, path: `Properties.${path}` })),
};

/** The value of the classification tag, from a map or a list of tags; `undefined` unless there is exactly one. */
function labelOf(resource: Resource, path: string): Json | undefined {
  const tags = resource.at(path);
  if (isObject(tags)) return Object.hasOwn(tags, classificationTag) ? tags[classificationTag] : undefined;
  if (!Array.isArray(tags)) return undefined;
  const labels = tags.filter((tag: Json) => isObject(tag) && tag.Key === classificationTag) as { Value?: Json }[];
  return labels.length === 1 ? labels[0]?.Value : undefined;
}
