// TOM-3.5: policies name actions and resources; no principal has an administrator policy, and no access key exists.
import { isDeepStrictEqual } from 'node:util';
import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { namesResource } from '../../template/arns';
import { type Assembly, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { actsOnRecoveryPoints, usesCopiesKey } from '../../template/backup-limits';
import { managedPolicy } from '../../template/boundary';
import { canonical } from '../../template/canonical';
import { configurationReads } from '../../template/configuration-reads';
import { documentTypes, grantsOf, isOnlyBoundary, ownStatements, permissionSet, principalTypes } from '../../template/identity-policies';
import { nameOf } from '../../template/names';
import { actsOnOwnSessions, sessionTag } from '../../template/own-sessions';
import { coversActions, matchesPattern, type Statement, textList } from '../../template/policies';
import { managedPolicyType, vpcType } from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { withoutResource } from '../../template/without-resource';
import { wideGrants } from './least-privilege-bypasses';

const accessKey = 'AWS::IAM::AccessKey';

/** Property of the managed policies of each type of principal. */
const attachments: Readonly<Record<string, string>> = {
  ...Object.fromEntries(principalTypes.map((type) => [type, 'ManagedPolicyArns'])),
  [permissionSet]: 'ManagedPolicies',
};

/**
 * Read actions on resources with generated ids, or with the names of other deployments of the account: tags, which
 * distinguish certificates and hold the claims to the password policy, entries of prefix lists, and the status of a
 * hosted zone change.
 */
const readsOfGeneratedIds = ['acm:ListTagsForCertificate', 'ec2:GetManagedPrefixListEntries', 'iam:ListPolicyTags', 'route53:GetChange'];

/**
 * Actions that create a resource with its tags, which are in the request, and change one that exists. All others find
 * the tags on the resource.
 */
const createsWithTags = ['acm:AddTagsToCertificate', 'acm:ImportCertificate'];

/**
 * Actions of Lambda with the execution role to connect a function to a VPC ("Giving Lambda functions access to
 * resources in an Amazon VPC").
 */
const networkInterfaces = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:UnassignPrivateIpAddresses',
];

/** AWS managed policies for administrators ("AWS managed policies for job functions"). */
const administrators = /:policy\/(?:job-function\/.*|.*(?:AdministratorAccess|PowerUserAccess|FullAccess|Administrator).*)$/;

/** Resources that the mutation run adds to grants. */
const wideResources = ['arn:aws:s3:::*', 'arn:aws:s3:::*-*', 'arn:*', 'arn:aws:kms:*:*:key/*'];

export const leastPrivilege: Rule = {
  name: 'least-privilege',
  requires: 'no policy grants wildcard actions or unnamed resources, no principal has an administrator policy, and no access key exists',
  types: [...documentTypes, ...principalTypes, permissionSet, accessKey],
  check(resource, assembly) {
    if (isOnlyBoundary(resource, assembly)) return 'not-applicable';
    if (resource.type === accessKey) {
      const fix = 'Use an IAM role, which provides temporary credentials.';
      return [finding(resource, 'access-key', '', 'no access key', fix)];
    }
    const exemptActions = [...withoutResource, ...configurationReads, ...readsOfGeneratedIds, ...deniedToCode(resource)];
    return [
      ...grantsOf(resource).flatMap((statement) =>
        statementFindings(resource, statement, [...exemptActions, ...(isLimited(statement, resource, assembly) ? statement.actions : [])]),
      ),
      ...managedPolicyFindings(resource, assembly),
    ];
  },
  guards: [
    ...[...documentTypes, ...principalTypes].flatMap((type) => statementGuards(type)),
    ...Object.entries(attachments).map(([type, path]) =>
      guard(
        type,
        `Properties.${path}`,
        append('arn:aws:iam::aws:policy/AdministratorAccess'),
        append('arn:aws:iam::aws:policy/AmazonS3FullAccess'),
        append('{{resolve:ssm:/policy}}'),
      ),
    ),
  ],
  bypasses: wideGrants,
  reads: [
    ...documentTypes.map((type) => ({ type, path: 'Properties.PolicyDocument' })),
    ...principalTypes.map((type) => ({ type, path: 'Properties.Policies' })),
    ...principalTypes.map((type) => ({ type, path: 'Properties.PermissionsBoundary' })),
    { type: managedPolicyType, path: 'Properties.ManagedPolicyName' },
    ...['Roles', 'Users', 'Groups'].map((name) => ({ type: managedPolicyType, path: `Properties.${name}` })),
  ],
};

/**
 * Denials to the code of every function of the account. The Lambda service alone can use the denied actions, which
 * require `*` ("Working with Lambda execution environment credentials", lambda:SourceFunctionArn).
 */
function codeDenials(resource: Resource): readonly Statement[] {
  return ownStatements(resource).filter(({ effect, resources, json }) => {
    const functions = renderText(valueAt(json.Condition, 'ArnLike.lambda:SourceFunctionArn'));
    const only =
      Object.keys(json.Condition ?? {}).join() === 'ArnLike' && Object.keys(valueAt(json.Condition, 'ArnLike') ?? {}).length === 1;
    return effect === 'Deny' && only && resources.includes('*') && /^arn:[^:]+:lambda:[^:]+:[^:]+:function:\*$/.test(functions ?? '');
  });
}

const deniedToCode = (resource: Resource): readonly string[] =>
  networkInterfaces.filter((action) => codeDenials(resource).some((statement) => coversActions(statement, [action])));

const deploymentTag = 'rempart:deployment';

/**
 * Whether a statement is limited to resources with the tag of the deployment, as required for generated ids. If a
 * service does not support the condition key, such a statement allows nothing.
 */
function actsOnTagged({ actions, json }: Statement, deployment: string): boolean {
  const equals = valueAt(json.Condition, 'StringEquals');
  const [ofResource, ofRequest] = ['ResourceTag', 'RequestTag'].map((origin) => valueAt(equals, `aws:${origin}/${deploymentTag}`));
  if (ofResource === deployment) return true;
  return ofRequest === deployment && actions.every((action) => createsWithTags.includes(action)) && keepsTags(json.Condition);
}

/** Whether a resource with other tags than those of the request is refused: a tag is replaced by none of them. */
function keepsTags(condition: Json | undefined): boolean {
  const asked = Object.entries(valueAt(condition, 'StringEquals') ?? {}).filter(([key]) => key.startsWith('aws:RequestTag/'));
  const kept = valueAt(condition, 'StringEqualsIfExists');
  return asked.every(([key, value]) => isDeepStrictEqual(valueAt(kept, key.replace('RequestTag', 'ResourceTag')), value));
}

/** Whether conditions, or the kind of the resource, limit a statement on resources that people or AWS name. */
const isLimited = (statement: Statement, resource: Resource, assembly: Assembly): boolean =>
  actsOnTagged(statement, assembly.facts.deployment) ||
  actsInVpc(statement, resource, assembly) ||
  actsOnOwnSessions(statement, resource, assembly) ||
  reportsServers(statement, resource, assembly) ||
  actsOnEveryUser(statement, resource, assembly) ||
  actsOnRecoveryPoints(statement, resource, assembly) ||
  usesCopiesKey(statement, resource, assembly);

/** Actions that read or end the credentials of a user, and create none. */
const endingCredentials = [
  'iam:DeleteAccessKey',
  'iam:DeleteLoginProfile',
  'iam:GetAccessKeyLastUsed',
  'iam:GetLoginProfile',
  'iam:GetUser',
  'iam:ListAccessKeys',
  'iam:UpdateAccessKey',
];

/** Users of the account, whom people create: the age of credentials is a promise about every one of them. (TOM-3.8) */
function actsOnEveryUser({ actions, json }: Statement, resource: Resource, assembly: Assembly): boolean {
  const targets = listOf(canonical(json.Resource ?? null, resource.stack, assembly));
  return targets.every((target) => target === everyUser) && actions.every((action) => endingCredentials.includes(action));
}
const everyUser = 'arn:aws:iam::${AWS::AccountId}:user/*';

/**
 * Servers of the account, whose ids AWS generates: the heartbeat of an agent changes nothing of a server, and has no
 * condition key for tags ("Actions, resources, and condition keys for AWS Systems Manager"). (TOM-3.1)
 */
function reportsServers({ actions, json }: Statement, resource: Resource, assembly: Assembly): boolean {
  const targets = listOf(canonical(json.Resource ?? null, resource.stack, assembly));
  const servers = `arn:aws:ec2:${assembly.facts.region}:\${AWS::AccountId}:instance/*`;
  return targets.every((target) => target === servers) && actions.every((action) => action === 'ssm:UpdateInstanceInformation');
}

/** The condition operator and key that limit actions on security groups to those of one VPC. */
const vpcCondition = 'ArnEquals.ec2:Vpc';

/**
 * Whether a statement is limited to security groups of a VPC of the deployment: a person can create a group with any
 * id. Only actions on security groups have the condition key.
 */
function actsInVpc({ actions, json }: Statement, resource: Resource, assembly: Assembly): boolean {
  const arn = String(canonical(valueAt(json.Condition, vpcCondition) ?? null, resource.stack, assembly));
  const vpcs = assembly.ofType(vpcType).map((vpc) => `:vpc/\${${nameOf(vpc, assembly.facts)}}`);
  return actions.every((action) => action === 'ec2:RevokeSecurityGroupIngress') && vpcs.some((end) => arn.endsWith(end));
}

/** @param exemptActions actions that require no named resource */
function statementFindings(resource: Resource, statement: Statement, exemptActions: readonly string[]): readonly Finding[] {
  const { actions, resources, json, path } = statement;
  const at = `Properties.${path}`;
  const narrow = 'Name the actions and resources, for example s3:GetObject on arn:aws:s3:::bucket/prefix/*.';
  return [
    ...actions
      .filter((action) => /[*?$]/.test(action) || !action.includes(':'))
      .map((action) => finding(resource, `action::${action}`, `${at}.Action`, 'actions without * and ?', narrow)),
    ...(resources.every((name) => namesResource(name, resource)) ? [] : actions)
      .filter((action) => !exemptActions.some((pattern) => matchesPattern(pattern, action)))
      .map((action) => finding(resource, `resource::${action}`, `${at}.Resource`, `named resources for ${action}`, narrow)),
    ...['NotAction', 'NotResource']
      .filter((key) => json[key] !== undefined)
      .map((key) => finding(resource, `${key}::${textList(json[key]).join()}`, `${at}.${key}`, `no ${key} in an Allow statement`, narrow)),
  ];
}

/**
 * Policies of the deployment are evaluated as resources. Of all others, AWS managed policies can be identified, by
 * name.
 */
function managedPolicyFindings(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = attachments[resource.type];
  if (path === undefined) return [];
  return listOf(resource.at(path)).flatMap((value, index) => {
    const arn = renderText(value) ?? '?';
    const ofAws = /^arn:[^:]*:iam::aws:policy\/[\w+=,.@/-]+$/.test(arn) && !administrators.test(arn);
    if (ofAws || managedPolicy(value, resource, assembly)) return [];
    const fix = 'Attach a policy of the deployment with the required actions.';
    const required = 'a policy of the deployment, or an AWS managed policy that is not for administrators';
    return [finding(resource, `managed::${arn}`, `Properties.${path}.${index}`, required, fix)];
  });
}

/** The condition key of the deployment tag. */
const tagKeyOf = (condition: Json | undefined): string | undefined =>
  ['ResourceTag', 'RequestTag']
    .map((origin) => `aws:${origin}/${deploymentTag}`)
    .find((key) => valueAt(condition, `StringEquals.${key}`) !== undefined);

function statementGuards(type: string): readonly Guard[] {
  const paths =
    (key: string, among: (statement: Statement) => boolean = () => true): Guard['path'] =>
    (resource) =>
      grantsOf(resource)
        .filter(among)
        .map((statement) => `Properties.${statement.path}.${key}`);
  const withoutNamedResource = [...withoutResource, ...configurationReads, ...readsOfGeneratedIds, ...networkInterfaces];
  const changes = ({ actions, json }: Statement) =>
    tagKeyOf(json.Condition) === undefined &&
    valueAt(json.Condition, vpcCondition) === undefined &&
    actions.some((action) => !withoutNamedResource.some((pattern) => matchesPattern(pattern, action)));
  const tags: Guard['path'] = (resource) =>
    grantsOf(resource).flatMap(({ path, json, resources }) => {
      const key = resources.every((name) => namesResource(name, resource)) ? undefined : tagKeyOf(json.Condition);
      return key === undefined ? [] : [`Properties.${path}.Condition.StringEquals.${key}`];
    });
  const vpcs: Guard['path'] = (resource) =>
    grantsOf(resource).flatMap(({ path, json }) =>
      valueAt(json.Condition, vpcCondition) === undefined ? [] : [`Properties.${path}.Condition.${vpcCondition}`],
    );
  const sessions = paths(sessionTag, ({ json }) => valueAt(json, sessionTag) !== undefined);
  const denials =
    (key: string): Guard['path'] =>
    (resource) =>
      codeDenials(resource).map(({ path }) => `Properties.${path}${key}`);
  const denying: Guard['where'] = (resource) => codeDenials(resource).length > 0;
  const granting: Guard['where'] = (resource, assembly) => !isOnlyBoundary(resource, assembly) && grantsOf(resource).length > 0;
  return [
    guardWhere(type, granting, paths('Action'), replace('*'), append('s3:*'), append('S3:Put*'), append('s3:Get?bject')),
    guardWhere(type, granting, paths('NotAction'), set('iam:*')),
    guardWhere(type, granting, paths('NotResource'), set('arn:aws:s3:::other')),
    guardWhere(type, granting, paths('Resource', changes), replace('*'), ...wideResources.map(append)),
    guardWhere(type, granting, tags, remove, replace('another'), replace(['production', 'another'])),
    guardWhere(type, granting, vpcs, remove, replace('arn:aws:ec2:eu-west-3:111111111111:vpc/vpc-elsewhere')),
    guardWhere(type, granting, sessions, remove, replace('*'), append('AROAEXAMPLE:bob')),
    guardWhere(type, denying, denials(''), remove),
    guardWhere(type, denying, denials('.Effect'), replace('Allow')),
    guardWhere(type, denying, denials('.Action'), replace('ec2:CreateNetworkInterface')),
    guardWhere(type, denying, denials('.Resource'), replace('arn:aws:ec2:eu-west-3:x:subnet/y')),
    guardWhere(type, denying, denials('.Condition.ArnLike.lambda:SourceFunctionArn'), replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guardWhere(type, denying, denials('.Condition.StringEquals'), set({ 'aws:PrincipalTag/role': 'workload' })),
  ];
}
