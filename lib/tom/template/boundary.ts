// The permissions boundary of a deployment: which policy it is, and what it denies.
import { type Assembly, type Json, listOf, type Resource } from './assembly';
import { auditArchives, coversBucket, coversObjects } from './buckets';
import { conditionsAre, matchesPattern, matchesResource, type Statement, statementsOf, textList } from './policies';
import { renderText } from './texts';

export const principalTypes = ['AWS::IAM::Role', 'AWS::IAM::User'] as const;

/** The managed policy of the deployment that `value` names, by reference or by an ARN that ends in its name. */
export function managedPolicy(value: Json | undefined, from: Resource, assembly: Assembly): Resource | undefined {
  const target = assembly.target(value, from.stack);
  if (target) return target.type === 'AWS::IAM::ManagedPolicy' ? target : undefined;
  const [, name] = /^arn:[^:]*:iam::[^:]*:policy\/(.+)$/.exec(renderText(value) ?? '') ?? [];
  if (name === undefined) return undefined;
  return assembly.ofType('AWS::IAM::ManagedPolicy').find((policy) => policy.at('ManagedPolicyName') === name);
}

/** The managed policies that bound a role or user of the deployment. */
export function boundaryPolicies(assembly: Assembly): ReadonlySet<Resource> {
  const principals = principalTypes.flatMap((type) => assembly.ofType(type));
  const found = principals.map((principal) => managedPolicy(principal.at('PermissionsBoundary'), principal, assembly));
  return new Set(found.filter((policy) => policy !== undefined));
}

/** Something that a boundary must deny: each of the actions, by a statement that is as wide as asked. */
export interface RequiredDenial {
  readonly id: string;
  readonly what: string;
  readonly actions: readonly string[];
  /** Whether a denial has the resources and conditions that it must have, no narrower. */
  readonly asWide: (statement: Statement, policy: Resource, assembly: Assembly) => boolean;
  /** Actions of which any, excepted, would undo the denial; for the mutation run. */
  readonly exceptions: readonly string[];
}

/** Services with one endpoint for the world ("AWS: Denies access to AWS based on the requested Region"). */
const globalServices = ['cloudfront', 'globalaccelerator', 'iam', 'organizations', 'route53', 'sts', 'support'];

/** What would undo the firewalls, the block of public access and the logs of the network; the template alone changes them. */
const networkChanges = [
  'ec2:DeleteFlowLogs',
  'ec2:ModifyVpcBlockPublicAccessOptions',
  'network-firewall:DeleteFirewall',
  'network-firewall:DeleteFirewallPolicy',
  'network-firewall:DeleteRuleGroup',
  'network-firewall:DisassociateFirewallPolicy',
  'network-firewall:UpdateFirewallDeleteProtection',
  'network-firewall:UpdateFirewallPolicy',
  'network-firewall:UpdateLoggingConfiguration',
  'network-firewall:UpdateRuleGroup',
  'route53resolver:DeleteFirewallRule',
  'route53resolver:DisassociateFirewallRuleGroup',
  'route53resolver:DisassociateResolverQueryLogConfig',
  'route53resolver:UpdateFirewallConfig',
  'route53resolver:UpdateFirewallRule',
  'route53resolver:UpdateFirewallRuleGroupAssociation',
];

export const requiredDenials: readonly RequiredDenial[] = [
  {
    id: 'regions',
    what: 'every service outside the regions of the deployment, global services excepted',
    actions: ['ec2:RunInstances', 'kms:CreateKey', 'lambda:CreateFunction', 'rds:CreateDBCluster', 's3:CreateBucket', 's3:PutObject'],
    asWide: (statement, _, { facts }) =>
      appliesToAllResources(statement) && onlyGlobalExcepted(statement) && onlyRegions(statement, facts.homeRegion, facts.recoveryRegion),
    exceptions: ['s3:*', 'dynamodb:PutItem'],
  },
  {
    id: 'archive',
    what: 'deleting from the audit archive and changing its bucket',
    actions: [
      's3:DeleteObject',
      's3:DeleteObjectVersion',
      's3:DeleteBucket',
      's3:PutBucketPolicy',
      's3:PutObject',
      's3:PutObjectRetention',
    ],
    asWide: (statement, _, assembly) => conditionsAre(statement, []) && coversArchives(statement, assembly),
    exceptions: ['s3:DeleteObject'],
  },
  {
    id: 'trail',
    what: 'stopping, changing and deleting the audit trail',
    actions: ['cloudtrail:StopLogging', 'cloudtrail:UpdateTrail', 'cloudtrail:DeleteTrail', 'cloudtrail:PutEventSelectors'],
    asWide: (statement, _, assembly) => conditionsAre(statement, []) && coversTrails(statement, assembly),
    exceptions: ['cloudtrail:StopLogging'],
  },
  {
    id: 'shedding',
    what: 'removing a boundary and rewriting the policy that is one',
    actions: [
      'iam:DeleteRolePermissionsBoundary',
      'iam:DeleteUserPermissionsBoundary',
      'iam:CreatePolicyVersion',
      'iam:SetDefaultPolicyVersion',
    ],
    asWide: (statement) => conditionsAre(statement, []) && appliesToAllResources(statement),
    exceptions: ['iam:DeleteRolePermissionsBoundary'],
  },
  {
    id: 'unbounded',
    what: 'making roles without this boundary, and giving them policies',
    actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:AttachRolePolicy', 'iam:PutRolePolicy'],
    asWide: (statement, policy, assembly) => appliesToAllResources(statement) && unlessBoundedBy(statement, policy, assembly),
    exceptions: ['iam:CreateRole'],
  },
  {
    id: 'network',
    what: 'opening the firewalls and ending the records of the network',
    actions: networkChanges,
    asWide: (statement) => conditionsAre(statement, []) && appliesToAllResources(statement),
    exceptions: ['network-firewall:UpdateFirewallPolicy'],
  },
];

/** The statements of a boundary that make up one required denial. */
export function denialsOf(policy: Resource, required: RequiredDenial, assembly: Assembly): readonly Statement[] {
  return statementsOf(policy.at('PolicyDocument'), 'PolicyDocument').filter(
    (statement) =>
      statement.effect === 'Deny' &&
      required.actions.some((action) => concernsAction(statement, action)) &&
      required.asWide(statement, policy, assembly),
  );
}

/** Whether a statement speaks of an action, by naming it or by not excepting it. */
export function concernsAction(statement: Statement, action: string): boolean {
  if (statement.json.NotAction === undefined) return statement.actions.some((pattern) => matchesPattern(pattern, action));
  return !textList(statement.json.NotAction).some((pattern) => matchesPattern(pattern, action));
}

const appliesToAllResources = (statement: Statement): boolean => statement.resources.includes('*');

function onlyGlobalExcepted(statement: Statement): boolean {
  const excepted = textList(statement.json.NotAction);
  return excepted.every((pattern) => globalServices.some((service) => pattern.toLowerCase().startsWith(`${service}:`)));
}

function onlyRegions(statement: Statement, ...allowed: string[]): boolean {
  const condition = statement.json.Condition;
  const regions = textList(singleValue(condition, 'StringNotEquals', 'aws:RequestedRegion'));
  return regions.length > 0 && regions.every((region) => allowed.includes(region));
}

function coversArchives(statement: Statement, assembly: Assembly): boolean {
  const archives = auditArchives(assembly);
  return archives.length > 0 && archives.every((archive) => coversBucket(statement, archive) && coversObjects(statement, archive));
}

function coversTrails(statement: Statement, assembly: Assembly): boolean {
  const trails = assembly.ofType('AWS::CloudTrail::Trail');
  return trails.length > 0 && trails.every((trail) => statement.resources.some((resource) => namesTrail(resource, trail)));
}

function namesTrail(resource: string, trail: Resource): boolean {
  if (resource === '*') return true;
  const name = trail.at('TrailName');
  const [, region = '', pattern] = /^arn:[^:]+:cloudtrail:([^:]*):[^:]*:trail\/(.+)$/.exec(resource) ?? [];
  if (pattern === undefined || typeof name !== 'string') return false;
  return ['*', trail.stack.region, '${AWS.Region}'].includes(region) && matchesResource(pattern, name);
}

function unlessBoundedBy(statement: Statement, policy: Resource, assembly: Assembly): boolean {
  const bounded = singleValue(statement.json.Condition, 'StringNotEquals', 'iam:PermissionsBoundary');
  const policies = listOf(bounded);
  return policies.length > 0 && policies.every((value) => managedPolicy(value, policy, assembly) === policy);
}

/** The value of a condition that has this one operator and this one key; `undefined` where it has another or more. */
function singleValue(condition: Json | undefined, operator: string, key: string): Json | undefined {
  const operators = Object.entries(condition ?? {});
  const [[foundOperator, keys] = []] = operators as [string, Json][];
  const [[foundKey, value] = []] = Object.entries(keys ?? {}) as [string, Json][];
  const alone = operators.length === 1 && Object.keys(keys ?? {}).length === 1;
  return alone && foundOperator === operator && foundKey === key ? value : undefined;
}
