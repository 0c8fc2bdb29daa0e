// The lake in the templates: its bucket, and the patterns of resources that reach its objects.
import { type Assembly, isObject, type Json, listOf, type Resource } from './assembly';
import { nameOf } from './names';
import { bucketType } from './resource-types';

const archive = 'data/Archive';

/** Whether a bucket holds the lake. */
export const holdsLake = (resource: Resource, { facts }: Assembly): boolean =>
  resource.type === bucketType && nameOf(resource, facts) === archive;

/** Name of the bucket, as its resource has it, and the beginning of the ARNs of the objects. */
const bucketArn = 'arn:aws:s3:::<deployment>-archive-${AWS::AccountId}-<region>';

/** The objects of the one site of a session, in canonical form. */
export const objectsOfSite = `\${${archive}.Arn}/lake/site=$!{aws:PrincipalTag/rempart:site}/*`;

/** Whether a resource of a statement, in canonical form, can be an object of the lake: of one site or of several. */
export function reachesLake(target: string, { facts }: Assembly): boolean {
  const arn = bucketArn.replace('<deployment>', facts.deployment).replace('<region>', facts.region);
  // A variable of IAM stands for any text, and so does a value that the templates do not decide.
  const pattern = target.replaceAll(`\${${archive}.Arn}`, arn).replace(/\$!\{[^}]*\}|\$\{(?:parameter|unknown|Fn::|Ref)[^}]*\}/g, '*');
  return beginsLike(pattern, `${arn}/lake/`);
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
