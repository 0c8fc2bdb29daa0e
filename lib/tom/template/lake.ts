// The lake in the templates: its bucket, and the patterns of resources that reach its objects.
import { type Assembly, type DeploymentFacts, isObject, type Json, listOf, type Resource } from './assembly';
import { copyRegionOf } from './copies';
import { nameOf } from './names';
import { bucketType } from './resource-types';

const archive = 'data/Archive';
const replica = 'recovery/ArchiveReplica';

/** Whether a bucket is the archive. */
export const isArchive = (resource: Resource, { facts }: Assembly): boolean =>
  resource.type === bucketType && nameOf(resource, facts) === archive;

/** Whether a bucket is the replica of the archive. */
export const isReplica = (resource: Resource, { facts }: Assembly): boolean =>
  resource.type === bucketType && nameOf(resource, facts) === replica;

/** Whether a bucket holds the lake: the archive, or its replica in the other region. */
export const holdsLake = (resource: Resource, assembly: Assembly): boolean =>
  isArchive(resource, assembly) || isReplica(resource, assembly);

/** ARNs of the buckets, as their resources have the names. */
const archiveArn = ({ deployment, region }: DeploymentFacts): string => `arn:aws:s3:::${deployment}-archive-\${AWS::AccountId}-${region}`;
export const replicaArn = (facts: DeploymentFacts): string =>
  `arn:aws:s3:::${facts.deployment}-replica-\${AWS::AccountId}-${copyRegionOf(facts)}`;

/** The objects of the one site of a session, in canonical form. */
export const objectsOfSite = `\${${archive}.Arn}/lake/site=$!{aws:PrincipalTag/rempart:site}/*`;

/** Whether a resource of a statement, in canonical form, can be an object of the lake: of one site or of several. */
export function reachesLake(target: string, { facts }: Assembly): boolean {
  const [arn, copy] = [archiveArn(facts), replicaArn(facts)];
  // A variable of IAM stands for any text, and so does a value that the templates do not decide.
  const pattern = target
    .replaceAll(`\${${archive}.Arn}`, arn)
    .replaceAll(`\${${replica}.Arn}`, copy)
    .replace(/\$!\{[^}]*\}|\$\{(?:parameter|unknown|Fn::|Ref)[^}]*\}/g, '*');
  return [arn, copy].some((bucket) => beginsLike(pattern, `${bucket}/lake/`));
}

/** Whether a pattern of IAM matches a text that begins with `start`. */
function beginsLike(pattern: string, start: string): boolean {
  for (let index = 0; index < start.length; index++) {
    const sign = pattern[index];
    if (sign === '*') return true;
    if (sign !== '?' && sign !== start[index]) return false;
  }
  return true;
}

/** The enabled lifecycle rules of a bucket for exactly the objects of a folder. */
export const lifecyclesOf = (bucket: Resource, folder: string): readonly Readonly<Record<string, Json>>[] =>
  listOf(bucket.at('LifecycleConfiguration.Rules'))
    .filter(isObject)
    .filter((rule) => rule.Status === 'Enabled' && rule.Prefix === folder && filters.every((key) => rule[key] === undefined));

const filters = ['TagFilters', 'ObjectSizeGreaterThan', 'ObjectSizeLessThan'];
