// TOM-5.7: buckets, queues, topics and listeners refuse connections below TLS 1.2.

import { type Break, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { coversBucket, coversObjects } from '../../template/buckets';
import { isEncrypted } from '../../template/load-balancers';
import { concernsEveryone, conditionsAre, coversActions, type Statement, statementsOf } from '../../template/policies';
import { bucketPolicyType, bucketType, listenerType, queueType } from '../../template/resource-types';

/** Types that accept requests without TLS unless a policy denies them. */
const policyTypes: Readonly<
  Record<string, { readonly policy: string; readonly link: string; readonly action: string; readonly fix: string }>
> = {
  'AWS::S3::Bucket': { policy: bucketPolicyType, link: 'Bucket', action: 's3:*', fix: 'Set enforceSSL: true on the bucket.' },
  [queueType]: { policy: 'AWS::SQS::QueuePolicy', link: 'Queues', action: 'sqs:*', fix: 'Set enforceSSL: true on the queue.' },
  'AWS::SNS::Topic': { policy: 'AWS::SNS::TopicPolicy', link: 'Topics', action: 'sns:Publish', fix: 'Set enforceSSL: true on the topic.' },
};

/** Security policies of AWS without TLS below 1.2 ("Security policies for your Application Load Balancer"). */
const listenerPolicy = /^ELBSecurityPolicy-(?:TLS13-1-[23]-|TLS-1-2-|FS-1-2-)/;
const listeners = [listenerType];
const domains: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::DomainName': 'SecurityPolicy',
  'AWS::ApiGatewayV2::DomainName': 'DomainNameConfigurations.0.SecurityPolicy',
};

export const tlsOnly: Rule = {
  name: 'tls-only',
  requires: 'every bucket, queue and topic denies requests without TLS, and every listener and domain name requires TLS 1.2 or better',
  types: [...Object.keys(policyTypes), ...listeners, ...Object.keys(domains)],
  check(resource, assembly) {
    const kind = policyTypes[resource.type];
    if (kind) return plainRequestFindings(resource, kind, assembly);
    const domain = domains[resource.type];
    if (domain) return domainNameFindings(resource, domain);
    return listenerFindings(resource);
  },
  guards: [
    ...Object.values(policyTypes).flatMap(({ policy }) => policyGuards(policy)),
    guardWhere(listenerType, isEncrypted, 'Properties.SslPolicy', remove, replace('ELBSecurityPolicy-2016-08')),
    guardWhere(listenerType, isEncrypted, 'Properties.Protocol', replace('HTTP')),
    ...Object.entries(domains).map(([type, path]) => guard(type, `Properties.${path}`, remove, replace('TLS_1_0'))),
  ],
  reads: [
    ...Object.values(policyTypes).map(({ policy }) => ({ type: policy, path: 'Properties.PolicyDocument' })),
    { type: listenerType, path: 'Properties.DefaultActions' },
  ],
};

type PolicyType = (typeof policyTypes)[string];

function plainRequestFindings(resource: Resource, { policy, link, action, fix }: PolicyType, assembly: Assembly): readonly Finding[] {
  const policies = assembly
    .ofType(policy)
    .filter((candidate) => listOf(candidate.at(link)).some((value) => assembly.refersTo(value, candidate, resource)));
  const denied = policies.some((candidate) =>
    plainDenials(candidate).some((statement) => coversActions(statement, [action]) && coversAll(statement, resource)),
  );
  if (denied) return [];
  return [
    {
      id: 'plain',
      path: `the ${policy} of the resource`,
      found: policies.length === 0 ? undefined : policies.map((candidate) => candidate.logicalId).join(', '),
      required: `a statement that denies ${action} to all principals if aws:SecureTransport is false`,
      fix,
    },
  ];
}

/** The statements of a policy that deny requests without TLS to all principals, without further conditions. */
function plainDenials(policy: Resource): readonly Statement[] {
  const plain = [{ operator: 'Bool', key: 'aws:SecureTransport', value: 'false' }];
  return statementsOf(policy.at('PolicyDocument'), 'PolicyDocument').filter(
    (statement) => statement.effect === 'Deny' && concernsEveryone(statement) && conditionsAre(statement, plain),
  );
}

function coversAll(statement: Statement, resource: Resource): boolean {
  if (resource.type === bucketType) return coversBucket(statement, resource) && coversObjects(statement, resource);
  // The ARN of a queue is an attribute; Ref returns the ARN of a topic.
  return statement.resources.some((text) => ['*', `\${${resource.logicalId}.Arn}`, `\${${resource.logicalId}}`].includes(text));
}

/** The only allowed action of an HTTP listener is a redirect to HTTPS. */
function listenerFindings(resource: Resource): readonly Finding[] {
  if (isEncrypted(resource)) {
    const policy = resource.at('SslPolicy');
    if (typeof policy === 'string' && listenerPolicy.test(policy)) return [];
    const fix = 'Set sslPolicy: SslPolicy.TLS13_12_RES_PQ on the listener.';
    return [finding(resource, 'tls', 'Properties.SslPolicy', 'a security policy with TLS 1.2 and 1.3 only', fix)];
  }
  const actions = listOf(resource.at('DefaultActions'));
  const redirects = actions.length > 0 && actions.every((_, index) => redirectsToHttps(resource, `DefaultActions.${index}`));
  if (redirects) return [];
  return [finding(resource, 'plain', 'Properties.DefaultActions', 'a redirect to HTTPS', 'Use ListenerAction.redirect.')];
}

function redirectsToHttps(resource: Resource, action: string): boolean {
  return resource.at(`${action}.Type`) === 'redirect' && resource.at(`${action}.RedirectConfig.Protocol`) === 'HTTPS';
}

function domainNameFindings(resource: Resource, path: string): readonly Finding[] {
  const policy = resource.at(path);
  if (typeof policy === 'string' && /^(?:TLS_1_2|SecurityPolicy_TLS1[23]_)/.test(policy)) return [];
  return [finding(resource, 'tls', `Properties.${path}`, 'TLS_1_2 or better', 'Set securityPolicy: SecurityPolicy.TLS_1_2.')];
}

function policyGuards(type: string): readonly Guard[] {
  const paths = (key: string) => (policy: Resource) => plainDenials(policy).map((statement) => `Properties.${statement.path}.${key}`);
  const broken = (path: Guard['path'], ...breaks: Break[]) =>
    guardWhere(type, (policy) => plainDenials(policy).length > 0, path, ...breaks);
  return [
    broken('', remove),
    broken(paths('Effect'), remove, replace('Allow')),
    broken(paths('Principal'), remove, replace({ AWS: 'arn:aws:iam::x:root' })),
    broken(paths('Action'), remove, replace('s3:PutObject')),
    broken(paths('Resource'), remove, replace('arn:aws:s3:::other')),
    broken(paths('Condition'), replace({ Bool: { 'aws:SecureTransport': 'true' } })),
    broken(paths('Condition.StringEquals'), set({ 'aws:PrincipalTag/role': 'workload' })),
    broken(`Properties.${Object.values(policyTypes).find(({ policy }) => policy === type)?.link}`, replace('elsewhere')),
  ];
}
