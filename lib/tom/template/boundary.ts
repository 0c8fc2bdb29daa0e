// The permissions boundary of a deployment: its managed policy and the required denials.
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from './assembly';
import { auditArchives, coversBucket, coversObjects } from './buckets';
import { conditionsAre, matchesPattern, matchesResource, type Statement, statementsOf, textList } from './policies';
import { managedPolicyType, roleType, trailType, userType } from './resource-types';
import { renderText } from './texts';

export const principalTypes = [roleType, userType] as const;

/** The managed policy of the deployment that `value` names, by reference or by an ARN that ends in its name. */
export function managedPolicy(value: Json | undefined, from: Resource, assembly: Assembly): Resource | undefined {
  const target = assembly.target(value, from.stack);
  if (target) return target.type === managedPolicyType ? target : undefined;
  const [, name] = /^arn:[^:]*:iam::[^:]*:policy\/(.+)$/.exec(renderText(value) ?? '') ?? [];
  if (name === undefined) return undefined;
  return assembly.ofType(managedPolicyType).find((policy) => policy.at('ManagedPolicyName') === name);
}

const boundariesByAssembly = new WeakMap<Assembly, ReadonlySet<Resource>>();

/** The managed policies that bound a role or user of the deployment. */
export function boundaryPolicies(assembly: Assembly): ReadonlySet<Resource> {
  const known = boundariesByAssembly.get(assembly) ?? boundariesOf(assembly);
  boundariesByAssembly.set(assembly, known);
  return known;
}

function boundariesOf(assembly: Assembly): ReadonlySet<Resource> {
  const principals = principalTypes.flatMap((type) => assembly.ofType(type));
  const found = principals.map((principal) => managedPolicy(principal.at('PermissionsBoundary'), principal, assembly));
  return new Set(found.filter((policy) => policy !== undefined));
}

/** A required denial of the boundary: each action is denied by a statement of the required width. */
export interface RequiredDenial {
  readonly id: string;
  readonly what: string;
  readonly actions: readonly string[];
  /** Whether a statement has the required resources and conditions, no narrower. */
  readonly asWide: (statement: Statement, policy: Resource, assembly: Assembly) => boolean;
  /** Actions whose exception would undo the denial; for the mutation run. */
  readonly exceptions: readonly string[];
}

/** Global services, with a single endpoint ("AWS: Denies access to AWS based on the requested Region"). */
const globalServices = ['cloudfront', 'globalaccelerator', 'iam', 'organizations', 'route53', 'sts', 'support'];

/**
 * Sign-in to a database. Its ARN contains the region. By the documentation its requests lack some condition keys ("IAM
 * database authentication").
 */
const signIn = 'rds-db:connect';

/** The services that the boundary may allow. A new service is added here and in lib/identity. */
const allowedServices = [
  'acm',
  'autoscaling',
  'backup',
  'cloudtrail',
  'cloudwatch',
  'dynamodb',
  'ec2',
  // Named actions alone, and only with access.instanceConnect.
  'ec2-instance-connect',
  'ec2messages',
  'elasticloadbalancing',
  'events',
  'firehose',
  'iam',
  'kinesis',
  'kms',
  'lambda',
  'logs',
  'network-firewall',
  'rds',
  'rds-db',
  'route53',
  'route53resolver',
  's3',
  'secretsmanager',
  'sns',
  'sqs',
  'ssm',
  'ssmmessages',
  'sts',
  'tag',
  'transfer',
];

/**
 * Actions that disable the firewalls, the block of public access or the network logs. Deployments alone change these.
 */
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
    id: 'sign-in',
    what: 'signing in to databases outside the account and the region of the site',
    actions: [signIn],
    asWide: (statement, policy, assembly) => conditionsAre(statement, []) && onlyOwnDatabasesExcepted(statement, policy, assembly),
    exceptions: [],
  },
  {
    id: 'archive',
    // The policy of the archive denies writes (rule audit-archive).
    what: 'deleting from the audit archive and changing its bucket',
    actions: ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:DeleteBucket', 's3:PutBucketPolicy', 's3:PutObjectRetention'],
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
    what: 'removing a boundary and changing its policy',
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
    what: 'creating roles without this boundary and attaching policies to them',
    actions: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary', 'iam:AttachRolePolicy', 'iam:PutRolePolicy'],
    asWide: (statement, policy, assembly) => appliesToAllResources(statement) && unlessBoundedBy(statement, policy, assembly),
    exceptions: ['iam:CreateRole'],
  },
  {
    id: 'network',
    what: 'changing the network firewalls and deleting the network logs',
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

/** Whether a statement applies to an action: it names the action or does not except it. */
export function concernsAction(statement: Statement, action: string): boolean {
  if (statement.json.NotAction === undefined) return statement.actions.some((pattern) => matchesPattern(pattern, action));
  return !textList(statement.json.NotAction).some((pattern) => matchesPattern(pattern, action));
}

/** The statements of a boundary that allow anything besides named actions of the allowed services. */
export function excesses(policy: Resource): readonly Statement[] {
  const isOfAllowedService = (action: string) => allowedServices.some((service) => action.startsWith(`${service}:`));
  return allowances(policy).filter(
    ({ json, actions }) => json.NotAction !== undefined || actions.length === 0 || !actions.every(isOfAllowedService),
  );
}

export function allowances(policy: Resource): readonly Statement[] {
  return statementsOf(policy.at('PolicyDocument'), 'PolicyDocument').filter(({ effect }) => effect === 'Allow');
}

/** A condition that also matches requests without its key ("Condition operators", negated matching). */
interface Negated {
  readonly statement: Statement;
  readonly operator: string;
  readonly key: string;
}

/**
 * The negated conditions of a boundary's denials that also deny requests without their key. Requests to the AWS API
 * always have a region and a principal; a sign-in to a database may have no region. `iam:PermissionsBoundary` applies
 * on purpose to roles without a boundary. Every other condition must test whether the request has the key.
 */
export function deniedWithoutKey(policy: Resource): readonly Negated[] {
  const statements = statementsOf(policy.at('PolicyDocument'), 'PolicyDocument').filter(({ effect }) => effect === 'Deny');
  return statements.flatMap(negatedConditions).filter(({ statement, key }) => {
    if (['iam:PermissionsBoundary', 'aws:PrincipalArn'].includes(key)) return false;
    if (key === 'aws:RequestedRegion') return concernsAction(statement, signIn);
    return String(valueAt(statement.json, `Condition.Null.${key}`)) !== 'false';
  });
}

function negatedConditions(statement: Statement): readonly Negated[] {
  return Object.entries(isObject(statement.json.Condition) ? statement.json.Condition : {})
    .filter(([operator]) => /Not|IfExists$/.test(operator))
    .flatMap(([operator, keys]) => Object.keys(isObject(keys) ? keys : {}).map((key) => ({ statement, operator, key })));
}

const appliesToAllResources = (statement: Statement): boolean => statement.resources.includes('*');

function onlyGlobalExcepted(statement: Statement): boolean {
  const excepted = textList(statement.json.NotAction);
  const free = [...globalServices, 'rds-db'];
  return excepted.every((pattern) => free.some((service) => pattern.toLowerCase().startsWith(`${service}:`)));
}

/** Whether a denial excepts databases of the account in the region of the site, and no other. */
function onlyOwnDatabasesExcepted({ json }: Statement, policy: Resource, { facts }: Assembly): boolean {
  const excepted = textList(json.NotResource);
  return (
    excepted.length > 0 &&
    excepted.every((arn) => {
      const [, region = '', account] = /^arn:[^:]*:rds-db:([^:*?]+):([^:*?]+):\*$/.exec(arn) ?? [];
      return [facts.region, '${AWS.Region}'].includes(region) && ['${AWS.AccountId}', policy.stack.account].includes(account);
    })
  );
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
  const trails = assembly.ofType(trailType);
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

/** The value of a condition with exactly this operator and this key; `undefined` for any other condition. */
function singleValue(condition: Json | undefined, operator: string, key: string): Json | undefined {
  const operators = Object.entries(condition ?? {});
  const [[foundOperator, keys] = []] = operators as [string, Json][];
  const [[foundKey, value] = []] = Object.entries(keys ?? {}) as [string, Json][];
  const alone = operators.length === 1 && Object.keys(keys ?? {}).length === 1;
  return alone && foundOperator === operator && foundKey === key ? value : undefined;
}
