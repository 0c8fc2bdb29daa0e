// TOM-4.1, TOM-7.1: a session reaches the lake of one site, that of its tag, and only functions of the lake have one.
import { isDeepStrictEqual } from 'node:util';
import { type LakeRole, lakeRoles } from '../../../config/names';
import { append, type Finding, finding, type Guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { policiesOf } from '../../template/buckets';
import { canonical } from '../../template/canonical';
import { copyRegionOf, hasCopies } from '../../template/copies';
import { grantedActions, holdersOf, targetsOf } from '../../template/grants';
import { documentTypes, grantsOf, isOnlyBoundary, permissionSet, principalTypes } from '../../template/identity-policies';
import { holdsLake, isReplica, objectsOfSite, reachesLake, replicaArn } from '../../template/lake';
import { nameOf } from '../../template/names';
import { matchesPattern, type Statement } from '../../template/policies';
import { bucketPolicyType, bucketType, managedPolicyType, roleType } from '../../template/resource-types';
import { dataOperations } from '../../world/data-operations';
import { lakeRoleId, oneSite, siteTag, trustedBy } from '../../world/lake';
import { replicationRole } from '../../world/replica-access';
import { lakeBypasses } from './one-site-bypasses';

const roleIds = lakeRoles.map(lakeRoleId);
const granting = [...documentTypes, ...principalTypes, permissionSet];

/** Operations on the content of objects. A bucket lists names, which contain no personal data. */
const objectOperations = dataOperations.filter((operation) => /^s3:(?!ListBucket)/.test(operation));

export const oneSiteOfLake: Rule = {
  name: 'one-site',
  requires: 'a session reaches the lake of the one site of its tag, and only functions of the lake have one',
  types: [...granting, bucketType],
  check(resource, assembly) {
    if (resource.type === bucketType) return holdsLake(resource, assembly) ? denialFindings(resource, assembly) : 'not-applicable';
    if (isOnlyBoundary(resource, assembly)) return 'not-applicable';
    const reaching = grantsOf(resource).flatMap((statement) => grantFindings(resource, statement, assembly));
    const role = lakeRoleOf(resource, assembly);
    return [...reaching, ...(role === undefined ? [] : [...trustFindings(resource, role, assembly), ...tagFindings(resource)])];
  },
  guards: [
    ...trustGuards(),
    guardWhere(roleType, isLakeRole, 'Properties.Tags', append({ Key: siteTag, Value: '1' }), append({ Key: 'Rempart:Site', Value: '1' })),
    guardWhere(managedPolicyType, isOfLakeRole, lakeStatements('.Resource'), replace('*'), replace({ 'Fn::Sub': '${Archive.Arn}/lake/*' })),
    guardWhere(bucketPolicyType, isOfLake, denialPaths(''), remove),
    guardWhere(bucketPolicyType, isOfLake, denialPaths('.Action'), replace('s3:GetObject')),
    guardWhere(bucketPolicyType, isOfLake, denialPaths('.Resource'), replace('arn:aws:s3:::another/lake/*')),
    guardWhere(bucketPolicyType, isOfLake, denialPaths('.Principal'), replace({ AWS: 'arn:aws:iam::111111111111:role/x' })),
    guardWhere(
      bucketPolicyType,
      isOfLake,
      denialPaths('.Condition.ArnNotEquals.aws:PrincipalArn'),
      append('arn:aws:iam::111111111111:role/production-person-export'),
    ),
    guardWhere(bucketPolicyType, isOfLake, denialPaths('.Condition'), set({ Bool: { 'aws:SecureTransport': 'false' } })),
  ],
  bypasses: lakeBypasses,
  reads: [...granting, bucketPolicyType].map((type) => ({ type, path: 'Properties' })),
};

const build = 'Create the roles with LakeRoles, and let functions assume them by the calls of lakeSessions.';

function lakeRoleOf(resource: Resource, { facts }: Assembly): LakeRole | undefined {
  if (resource.type !== roleType) return undefined;
  return lakeRoles.find((role) => lakeRoleId(role) === nameOf(resource, facts));
}

function isLakeRole(resource: Resource, assembly: Assembly): boolean {
  return lakeRoleOf(resource, assembly) !== undefined;
}

function isOfLakeRole(policy: Resource, assembly: Assembly): boolean {
  return holdersOf(policy, assembly).some((holder) => roleIds.includes(holder));
}

/** A permission on objects of the lake is that of a role of the lake, on the objects of the site of its tag. */
function grantFindings(resource: Resource, statement: Statement, assembly: Assembly): readonly Finding[] {
  const actions = grantedActions(statement).filter((action) => objectOperations.some((operation) => matchesPattern(action, operation)));
  const targets = statement.json.NotResource === undefined ? targetsOf(resource, statement, assembly) : ['*'];
  const reached = targets.filter((target) => reachesLake(target, assembly));
  if (actions.length === 0 || reached.length === 0) return [];
  const holders = holdersOf(resource, assembly);
  const isOwn = holders.length > 0 && holders.every((holder) => roleIds.includes(holder));
  return reached
    .filter((target) => !(isOwn && target === objectsOfSite) && !isReplication({ target, holders, actions }, assembly))
    .map((target) => ({
      id: `reach::${target}`,
      path: `Properties.${statement.path}`,
      found: `${actions.join(', ')} on ${target}`,
      required: `no permission on objects of the lake, or one of ${roleIds.join(' and ')} on ${objectsOfSite}`,
      fix: build,
    }));
}

/** The role of S3 writes the replica, and reads none of it. (DSS-5.4.2) */
const isReplication = (
  { target, holders, actions }: Readonly<{ target: string; holders: readonly string[]; actions: readonly string[] }>,
  { facts }: Assembly,
): boolean =>
  target === `${replicaArn(facts)}/lake/*` &&
  holders.length > 0 &&
  holders.every((holder) => holder === replicationRole) &&
  actions.every((action) => action === 's3:ReplicateObject');

/** Each statement of the trust admits the functions of the role alone, with the tag of the site alone. */
function trustFindings(resource: Resource, role: LakeRole, assembly: Assembly): readonly Finding[] {
  const trust = canonical(resource.at('AssumeRolePolicyDocument') ?? {}, resource.stack, assembly);
  const statements = listOf(isObject(trust) ? trust.Statement : trust);
  const required = `a trust in ${trustedBy(role).join(', ')} with the tag ${siteTag} and no other`;
  const path = 'Properties.AssumeRolePolicyDocument';
  if (statements.length === 0) return [{ id: 'trust', path, found: undefined, required, fix: build }];
  return statements.flatMap((statement, index) =>
    isObject(statement) && isTrust(statement, role)
      ? []
      : [{ id: `trust::${index}`, path: `${path}.Statement.${index}`, found: statement, required, fix: build }],
  );
}

function isTrust({ Effect, Principal, Action, Condition, ...rest }: JsonObject, role: LakeRole): boolean {
  const principals = isObject(Principal) && Object.keys(Principal).join() === 'AWS' ? listOf(Principal.AWS).map(String) : ['*'];
  return (
    Object.keys(rest).length === 0 &&
    Effect === 'Allow' &&
    principals.every((principal) => trustedBy(role).includes(principal)) &&
    isDeepStrictEqual(listOf(Action).toSorted(), ['sts:AssumeRole', 'sts:TagSession']) &&
    isDeepStrictEqual(withLists(Condition ?? {}), withLists(oneSite))
  );
}

/** Conditions with each value as a list, as IAM reads them. */
const withLists = (conditions: Json): Json =>
  isObject(conditions)
    ? Object.fromEntries(
        Object.entries(conditions).map(([operator, keys]) => [
          operator,
          isObject(keys) ? Object.fromEntries(Object.entries(keys).map(([key, value]) => [key, listOf(value).map(String)])) : keys,
        ]),
      )
    : conditions;

/** The tags of a role are tags of each session, too ("aws:PrincipalTag"); keys of tags ignore case. */
function tagFindings(role: Resource): readonly Finding[] {
  return listOf(role.at('Tags'))
    .flatMap((tag, index) => (isObject(tag) && String(tag.Key).toLowerCase() === siteTag ? [index] : []))
    .map((index) => finding(role, `tag::${index}`, `Properties.Tags.${index}`, `no tag ${siteTag} of the role itself`, 'Remove the tag.'));
}

/** Paths of the statements of a policy of the bucket that deny the lake to others. */
function denialsOf(bucket: Resource, assembly: Assembly): readonly { readonly policy: Resource; readonly path: string }[] {
  const wanted = {
    Action: 's3:*',
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': admittedTo(bucket, assembly).toSorted() } },
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Resource: `\${${nameOf(bucket, assembly.facts)}.Arn}/lake/*`,
  };
  return policiesOf(bucket, assembly).flatMap((policy) => {
    const document = canonical(policy.at('PolicyDocument') ?? {}, policy.stack, assembly);
    return listOf(isObject(document) ? document.Statement : {}).flatMap((statement, index) =>
      isObject(statement) && isDeepStrictEqual(sorted(statement), wanted) ? [{ policy, path: `PolicyDocument.Statement.${index}` }] : [],
    );
  });
}

/** The roles of the lake, in the replica those of a site that is recovered beside it; and the role that replicates. */
function admittedTo(bucket: Resource, assembly: Assembly): readonly string[] {
  const { facts } = assembly;
  const arnOf = (role: string, region = facts.region) => `arn:aws:iam::\${AWS::AccountId}:role/${facts.deployment}-${role}-${region}`;
  const region = isReplica(bucket, assembly) ? copyRegionOf(facts) : facts.region;
  return [...lakeRoles.map((role) => arnOf(role, region)), ...(hasCopies(facts) ? [arnOf('replication')] : [])];
}

function sorted({ Sid: _, Condition, ...statement }: JsonObject): JsonObject {
  const arns = isObject(Condition) && isObject(Condition.ArnNotEquals) ? Condition.ArnNotEquals['aws:PrincipalArn'] : undefined;
  if (!isObject(Condition) || arns === undefined) return { ...statement, ...(Condition === undefined ? {} : { Condition }) };
  const others = {
    ...Condition,
    ArnNotEquals: { ...(Condition.ArnNotEquals as JsonObject), 'aws:PrincipalArn': listOf(arns).map(String).toSorted() },
  };
  return { ...statement, Condition: others };
}

function denialFindings(bucket: Resource, assembly: Assembly): readonly Finding[] {
  if (denialsOf(bucket, assembly).length > 0) return [];
  const required = `a denial of s3:* on lake/* to every principal but ${admittedTo(bucket, assembly).join(' and ')}`;
  return [{ id: 'denial', path: 'the bucket policy', found: undefined, required, fix: 'Restore OnlyRolesOfTheLake of DataBucket.' }];
}

function isOfLake(policy: Resource, assembly: Assembly): boolean {
  return assembly.ofType(bucketType).some((bucket) => holdsLake(bucket, assembly) && policiesOf(bucket, assembly).includes(policy));
}

function denialPaths(below: string): Exclude<Guard['path'], string> {
  return (policy, assembly) =>
    assembly
      .ofType(bucketType)
      .filter((bucket) => holdsLake(bucket, assembly))
      .flatMap((bucket) => denialsOf(bucket, assembly))
      .filter((denial) => denial.policy === policy)
      .map(({ path }) => `Properties.${path}${below}`);
}

function lakeStatements(below: string): Exclude<Guard['path'], string> {
  return (policy, assembly) =>
    grantsOf(policy)
      .filter((statement) => targetsOf(policy, statement, assembly).some((target) => reachesLake(target, assembly)))
      .map(({ path }) => `Properties.${path}${below}`);
}

function trustGuards(): readonly Guard[] {
  const ofTrust = (below: string, ...breaks: Guard['breaks']) =>
    guardWhere(roleType, isLakeRole, `Properties.AssumeRolePolicyDocument.Statement.*${below}`, ...breaks);
  return [
    ofTrust('.Condition', remove),
    ofTrust('.Condition.Null', remove),
    ofTrust('.Condition.Null.aws:RequestTag/rempart:site', replace('true')),
    ofTrust('.Condition.ForAllValues:StringEquals', remove),
    ofTrust('.Condition.ForAllValues:StringEquals.aws:TagKeys', replace([siteTag, 'rempart:team'])),
    ofTrust('.Principal', replace('*'), replace({ AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } })),
    ofTrust('.Principal', replace({ Service: 'lambda.amazonaws.com' })),
    ofTrust('.Action', replace('sts:*')),
  ];
}
