// TOM-3.5: a policy that admits an AWS service admits it for resources of the deployment's account only.
// A service acts for every customer of AWS; without the condition, any of them could use it against the deployment
// ("The confused deputy problem").
import { type Bypass, type Finding, guardWhere, type Rule, remove, set } from '../../rule';
import { admittingStatements } from '../../template/admitting-statements';
import { type Assembly, isObject, type Json, type JsonObject, listOf, type Resource } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import {
  bucketPolicyType,
  bucketType,
  functionType,
  keyType,
  permissionType,
  queuePolicyType,
  roleType,
  topicPolicyType,
} from '../../template/resource-types';
import { silentServices, valuesOf } from '../../template/silent-services';
import { newResource, refTo } from '../bypass';

const account = '${AWS::AccountId}';
const fix = 'Add aws:SourceArn or aws:SourceAccount; lib/tom/template/silent-services.ts lists the services that send neither.';

export const servicePrincipals: Rule = {
  name: 'service-principals',
  requires: 'each policy and permission that admits an AWS service limits it to resources of the account',
  types: ['*'],
  check(resource, assembly) {
    const properties = canonical(resource.properties, resource.stack, assembly);
    const statements = [...admittingStatements(properties, 'Properties')];
    if (resource.type === permissionType)
      return isOwnPermission(properties as JsonObject) ? [] : [sourceFinding('permission', 'Properties')];
    const services = statements.flatMap(({ statement, path }) => servicesOf(statement).map((service) => ({ service, statement, path })));
    if (services.length === 0) return 'not-applicable';
    return services
      .filter(({ service, statement }) => !isBound(service, statement, resource))
      .map(({ service, path }) => sourceFinding(service, path));
  },
  guards: [
    guardWhere(topicPolicyType, () => true, 'Properties.PolicyDocument.Statement.[Sid=AlarmsOfTheDeployment].Condition', remove, set({})),
    guardWhere(keyType, () => true, 'Properties.KeyPolicy.Statement.[Sid=AlarmsOfTheDeployment].Condition', remove, set({})),
    guardWhere(keyType, () => true, 'Properties.KeyPolicy.Statement.[Sid=LogGroupOfTheTrail].Condition', remove, set({})),
    guardWhere(
      permissionType,
      ({ properties }) => properties.SourceAccount === undefined,
      'Properties.SourceArn',
      remove,
      set('arn:aws:events:eu-west-3:999999999999:rule/x'),
    ),
  ],
  reads: [{ type: '*', path: 'Properties' }],
  bypasses: strangers(),
};

/** The admitted services; a principal whose name is not text is one of them. */
function servicesOf({ Principal }: JsonObject): readonly string[] {
  if (!isObject(Principal)) return [];
  return listOf(Principal.Service).map((name) => (typeof name === 'string' ? name : '?'));
}

function isBound(service: string, statement: JsonObject, { type, stack: { region } }: Resource): boolean {
  if (hasOwnSource(statement)) return true;
  return silentServices.some(
    (silent) => silent.type === type && silent.service.replace('<region>', region) === service && silent.isBound(statement, region),
  );
}

/** Whether the statement requires a source of the account. An operator that passes without the key does not count. */
function hasOwnSource(statement: JsonObject): boolean {
  return (
    valuesOf(statement, 'StringEquals', 'aws:SourceAccount', (value) => value === account) ||
    ['StringEquals', 'StringLike', 'ArnEquals', 'ArnLike'].some((operator) => valuesOf(statement, operator, 'aws:SourceArn', isOwnArn))
  );
}

/** Whether a text is the ARN of a resource of the deployment, or has the account in its place. */
const isOwnArn = (text: string): boolean =>
  /^\$\{[a-z]+\/\w+(?:\.Arn)?\}$/.test(text) || /^arn:aws:[a-z0-9-]+:[a-z0-9-]*:\$\{AWS::AccountId\}:./.test(text);

/** Whether a permission of Lambda names its source. The permission of a service without one admits every account. */
function isOwnPermission({ SourceAccount, SourceArn, Principal }: JsonObject): boolean {
  if (typeof Principal === 'string' && Principal.startsWith(`arn:aws:iam::${account}:`)) return true;
  const own = SourceAccount === account;
  if (SourceArn === undefined) return own;
  return typeof SourceArn === 'string' && isOwnArn(SourceArn) && (SourceAccount === undefined || own);
}

const sourceFinding = (id: string, path: string): Finding => ({
  id: `source::${id}`,
  path,
  found: undefined,
  required: 'aws:SourceArn or aws:SourceAccount with the account of the deployment',
  fix,
});

function strangers(): readonly Bypass[] {
  const admits = (service: string, Condition: JsonObject, Action: string, Resource: Json = '*'): JsonObject => ({
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action, Resource, Condition }],
  });
  const bucketFor = (name: string, service: string, condition: JsonObject): Bypass => ({
    name,
    beside: bucketType,
    resources: (_, assembly: Assembly) => ({
      Open: newResource(bucketPolicyType, {
        Bucket: refTo(bucketType, assembly),
        PolicyDocument: admits(service, condition, 's3:GetObject'),
      }),
    }),
  });
  const permissionFor = (name: string, source: JsonObject): Bypass => ({
    name,
    beside: functionType,
    resources: (beside) => ({
      Open: newResource(permissionType, {
        Action: 'lambda:InvokeFunction',
        FunctionName: { Ref: beside.logicalId },
        Principal: 's3.amazonaws.com',
        ...source,
      }),
    }),
  });
  return [
    bucketFor('a bucket that any distribution reads', 'cloudfront.amazonaws.com', {}),
    bucketFor('a bucket that a distribution of any account reads', 'cloudfront.amazonaws.com', {
      StringLike: { 'aws:SourceArn': 'arn:aws:cloudfront::*:distribution/*' },
    }),
    bucketFor('a bucket that admits a source if there is one', 'cloudfront.amazonaws.com', {
      StringEqualsIfExists: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    }),
    bucketFor('a bucket of another service of log delivery', 'logdelivery.elasticloadbalancing.amazonaws.com', {}),
    permissionFor('a function that any bucket starts', {}),
    permissionFor('a permission by which a bucket of another account starts a function', { SourceAccount: '999999999999' }),
    {
      name: 'a queue that any topic fills',
      resources: {
        Open: newResource(queuePolicyType, { Queues: ['x'], PolicyDocument: admits('sns.amazonaws.com', {}, 'sqs:SendMessage') }),
      },
    },
    {
      name: 'a policy of logs as text that admits a service of any account',
      resources: {
        Open: newResource('AWS::Logs::ResourcePolicy', {
          PolicyName: 'open',
          PolicyDocument: JSON.stringify(admits('es.amazonaws.com', {}, 'logs:PutLogEvents')),
        }),
      },
    },
    {
      name: 'a role that a service assumes for any account',
      resources: { Open: newResource(roleType, { AssumeRolePolicyDocument: admits('scheduler.amazonaws.com', {}, 'sts:AssumeRole') }) },
    },
  ];
}
