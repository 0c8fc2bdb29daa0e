// TOM-3.5: every policy names its actions and resources one by one; none is an administrator's, and no access key is made.

import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { namesSomething } from '../../template/arns';
import { type Assembly, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { boundaryPolicies, managedPolicy } from '../../template/boundary';
import { coversActions, matchesPattern, type Statement, statementsOf, textList } from '../../template/policies';
import { renderText } from '../../template/texts';
import { wideGrants } from './least-privilege-bypasses';

const documentTypes = [
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::RolePolicy',
  'AWS::IAM::UserPolicy',
  'AWS::IAM::GroupPolicy',
];
const principalTypes = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'];
const permissionSet = 'AWS::SSO::PermissionSet';
const accessKey = 'AWS::IAM::AccessKey';

/** Where each kind of principal names the managed policies that it has. */
const attachments: Readonly<Record<string, string>> = {
  ...Object.fromEntries(principalTypes.map((type) => [type, 'ManagedPolicyArns'])),
  [permissionSet]: 'ManagedPolicies',
};

/**
 * Actions that know no resource: a wildcard is the only one that can be written for them. What lists the content of a resource, as
 * s3:ListBucket does, knows it. Source: "Actions, resources, and condition keys for AWS services", the page of each service.
 */
const withoutResource = [
  'acm:ListCertificates',
  'autoscaling:Describe*',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:GetMetricStatistics',
  'cloudwatch:ListMetrics',
  'cloudwatch:PutMetricData',
  'ec2:Describe*',
  'ec2messages:*',
  'ecr:GetAuthorizationToken',
  'elasticloadbalancing:Describe*',
  'iam:DeleteAccountPasswordPolicy',
  'iam:GenerateCredentialReport',
  'iam:GetAccountPasswordPolicy',
  'iam:GetAccountSummary',
  'iam:GetCredentialReport',
  'iam:ListUsers',
  'iam:UpdateAccountPasswordPolicy',
  'kms:GenerateRandom',
  'kms:ListAliases',
  'kms:ListKeys',
  // Lists, which are asked for of every snapshot there is, and what is read of one: a snapshot may have any name.
  'rds:DescribeDBClusterSnapshotAttributes',
  'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBSnapshotAttributes',
  'rds:DescribeDBSnapshots',
  's3:ListAllMyBuckets',
  'ssmmessages:*',
  'sts:GetCallerIdentity',
  'tag:GetResources',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** Reads of what has an id by chance: the tags by which certificates are told apart, and whether a change of a zone is done. */
const readsByChance = ['acm:ListTagsForCertificate', 'route53:GetChange'];

/** What makes a thing and its tags in one request; all others find the tags on the thing itself. */
const tagging = ['acm:AddTagsToCertificate', 'acm:ImportCertificate'];

/** What Lambda does with a function's role to bring the function into the VPC ("Giving Lambda functions access to resources in an Amazon VPC"). */
const networkInterfaces = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:UnassignPrivateIpAddresses',
];

/** Policies of AWS that an administrator would have ("AWS managed policies for job functions"). */
const administrators = /:policy\/(?:job-function\/.*|.*(?:AdministratorAccess|PowerUserAccess|FullAccess|Administrator).*)$/;

/** What the mutation run puts among the resources of grants. */
const wideResources = ['arn:aws:s3:::*', 'arn:aws:s3:::*-*', 'arn:*', 'arn:aws:kms:*:*:key/*'];

export const leastPrivilege: Rule = {
  name: 'least-privilege',
  requires: 'no policy grants actions by wildcard, or on resources that it does not name, and no principal has an administrator policy',
  types: [...documentTypes, ...principalTypes, permissionSet, accessKey],
  check(resource, assembly) {
    if (isOnlyBoundary(resource, assembly)) return 'not-applicable';
    if (resource.type === accessKey) {
      const fix = 'Use roles, whose credentials end by themselves.';
      return [finding(resource, 'access-key', '', 'no access key', fix)];
    }
    const free = [...withoutResource, ...readsByChance, ...deniedToCode(resource)];
    const { deployment } = assembly.facts;
    return [
      ...grantsOf(resource).flatMap((statement) =>
        statementFindings(resource, statement, [...free, ...(actsOnTagged(statement, deployment) ? statement.actions : [])]),
      ),
      ...managedPolicies(resource, assembly),
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
    { type: 'AWS::IAM::ManagedPolicy', path: 'Properties.ManagedPolicyName' },
    ...['Roles', 'Users', 'Groups'].map((name) => ({ type: 'AWS::IAM::ManagedPolicy', path: `Properties.${name}` })),
  ],
};

/** A boundary grants nothing: it only caps what other policies grant. One that is attached too does grant. */
function isOnlyBoundary(policy: Resource, assembly: Assembly): boolean {
  if (!boundaryPolicies(assembly).has(policy)) return false;
  const attached = ['Roles', 'Users', 'Groups'].some((name) => listOf(policy.at(name)).length > 0);
  return !attached && !principalTypes.flatMap((type) => assembly.ofType(type)).some((principal) => isAttached(principal, policy, assembly));
}

function isAttached(principal: Resource, policy: Resource, assembly: Assembly): boolean {
  const name = policy.at('ManagedPolicyName');
  return listOf(principal.at('ManagedPolicyArns')).some(
    (value) => assembly.refersTo(value, principal, policy) || (typeof name === 'string' && renderText(value)?.endsWith(`:policy/${name}`)),
  );
}

/** The statements of a resource's own policy documents. */
function ownStatements(resource: Resource): readonly Statement[] {
  if (documentTypes.includes(resource.type)) return statementsOf(resource.at('PolicyDocument'), 'PolicyDocument');
  if (resource.type === permissionSet) return statementsOf(resource.at('InlinePolicy'), 'InlinePolicy');
  return listOf(resource.at('Policies')).flatMap((policy, index) =>
    // A policy without a document that can be read is one that grants anything.
    statementsOf(valueAt(policy, 'PolicyDocument') ?? null, `Policies.${index}.PolicyDocument`),
  );
}

/** What a resource's own policy documents allow. */
const grantsOf = (resource: Resource): readonly Statement[] => ownStatements(resource).filter(({ effect }) => effect === 'Allow');

/**
 * Denials to the code of every function of the account: what they deny is left to the service, which the wildcard is for
 * ("Working with Lambda execution environment credentials", lambda:SourceFunctionArn).
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
 * Whether a statement acts only on what bears the tag of the deployment, as it must where a service gives ids by chance. Where a service
 * does not know the tags of its resources, such a statement allows nothing.
 */
function actsOnTagged({ actions, json }: Statement, deployment: string): boolean {
  const equals = valueAt(json.Condition, 'StringEquals');
  const [ofResource, ofRequest] = ['ResourceTag', 'RequestTag'].map((origin) => valueAt(equals, `aws:${origin}/${deploymentTag}`));
  return ofResource === deployment || (ofRequest === deployment && actions.every((action) => tagging.includes(action)));
}

/** @param free actions that need no resource that is named */
function statementFindings(resource: Resource, statement: Statement, free: readonly string[]): readonly Finding[] {
  const { actions, resources, json, path } = statement;
  const at = `Properties.${path}`;
  const narrow = 'Name what is needed, as in s3:GetObject on arn:aws:s3:::bucket/prefix/*.';
  return [
    ...actions
      .filter((action) => /[*?$]/.test(action) || !action.includes(':'))
      .map((action) => finding(resource, `action::${action}`, `${at}.Action`, 'actions without * and ?', narrow)),
    ...(resources.every((name) => namesSomething(name, resource)) ? [] : actions)
      .filter((action) => !free.some((pattern) => matchesPattern(pattern, action)))
      .map((action) => finding(resource, `resource::${action}`, `${at}.Resource`, `the resources that ${action} needs`, narrow)),
    ...['NotAction', 'NotResource']
      .filter((key) => json[key] !== undefined)
      .map((key) => finding(resource, `${key}::${textList(json[key]).join()}`, `${at}.${key}`, 'none in an Allow', narrow)),
  ];
}

/** Policies of the deployment are judged where they stand; of others only those of AWS are known, by their names. */
function managedPolicies(resource: Resource, assembly: Assembly): readonly Finding[] {
  const path = attachments[resource.type];
  if (path === undefined) return [];
  return listOf(resource.at(path)).flatMap((value, index) => {
    const arn = renderText(value) ?? '?';
    const ofAws = /^arn:[^:]*:iam::aws:policy\/[\w+=,.@/-]+$/.test(arn) && !administrators.test(arn);
    if (ofAws || managedPolicy(value, resource, assembly)) return [];
    const fix = 'Write a policy with the actions that the role needs.';
    const required = 'a policy of the deployment, or one of AWS that is no administrator policy';
    return [finding(resource, `managed::${arn}`, `Properties.${path}.${index}`, required, fix)];
  });
}

/** The tag that a condition asks for. */
const tagOf = (condition: Json | undefined): string | undefined =>
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
  const needless = [...withoutResource, ...readsByChance, ...networkInterfaces];
  const changes = ({ actions, json }: Statement) =>
    tagOf(json.Condition) === undefined && actions.some((action) => !needless.some((pattern) => matchesPattern(pattern, action)));
  const tags: Guard['path'] = (resource) =>
    grantsOf(resource).flatMap(({ path, json, resources }) => {
      const key = resources.every((name) => namesSomething(name, resource)) ? undefined : tagOf(json.Condition);
      return key === undefined ? [] : [`Properties.${path}.Condition.StringEquals.${key}`];
    });
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
    guardWhere(type, denying, denials(''), remove),
    guardWhere(type, denying, denials('.Effect'), replace('Allow')),
    guardWhere(type, denying, denials('.Action'), replace('ec2:CreateNetworkInterface')),
    guardWhere(type, denying, denials('.Resource'), replace('arn:aws:ec2:eu-west-3:x:subnet/y')),
    guardWhere(type, denying, denials('.Condition.ArnLike.lambda:SourceFunctionArn'), replace('arn:aws:lambda:eu-west-3:x:function:y')),
    guardWhere(type, denying, denials('.Condition.StringEquals'), set({ 'aws:PrincipalTag/role': 'workload' })),
  ];
}
