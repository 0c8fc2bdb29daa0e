// TOM-5.7: buckets, queues, topics and listeners refuse what is not TLS 1.2 or better.

import { type Break, type Finding, finding, type Guard, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { type Assembly, listOf, type Resource } from '../../template/assembly';
import { coversBucket, coversObjects } from '../../template/buckets';
import { concernsEveryone, conditionsAre, coversActions, type Statement, statementsOf } from '../../template/policies';

/** Each type that takes plain requests unless its policy denies them. */
const policied: Readonly<
  Record<string, { readonly policy: string; readonly link: string; readonly action: string; readonly fix: string }>
> = {
  'AWS::S3::Bucket': { policy: 'AWS::S3::BucketPolicy', link: 'Bucket', action: 's3:*', fix: 'Set enforceSSL: true on the bucket.' },
  'AWS::SQS::Queue': { policy: 'AWS::SQS::QueuePolicy', link: 'Queues', action: 'sqs:*', fix: 'Set enforceSSL: true on the queue.' },
  'AWS::SNS::Topic': { policy: 'AWS::SNS::TopicPolicy', link: 'Topics', action: 'sns:Publish', fix: 'Set enforceSSL: true on the topic.' },
};

/** Policies of AWS that know no TLS below 1.2 ("Security policies for your Application Load Balancer"). */
const listenerPolicy = /^ELBSecurityPolicy-(?:TLS13-1-[23]-|TLS-1-2-|FS-1-2-)/;
const listeners = ['AWS::ElasticLoadBalancingV2::Listener'];
const domains: Readonly<Record<string, string>> = {
  'AWS::ApiGateway::DomainName': 'SecurityPolicy',
  'AWS::ApiGatewayV2::DomainName': 'DomainNameConfigurations.0.SecurityPolicy',
};

export const tlsOnly: Rule = {
  name: 'tls-only',
  requires:
    'every bucket, queue and topic denies requests without TLS to everyone, and every listener and domain name asks for TLS 1.2 or better',
  types: [...Object.keys(policied), ...listeners, ...Object.keys(domains)],
  check(resource, assembly) {
    const kind = policied[resource.type];
    if (kind) return plainDenied(resource, kind, assembly);
    const domain = domains[resource.type];
    if (domain) return domainName(resource, domain);
    return listenerFindings(resource);
  },
  guards: [
    ...Object.values(policied).flatMap(({ policy }) => policyGuards(policy)),
    guardWhere('AWS::ElasticLoadBalancingV2::Listener', isEncrypted, 'Properties.SslPolicy', remove, replace('ELBSecurityPolicy-2016-08')),
    guardWhere('AWS::ElasticLoadBalancingV2::Listener', isEncrypted, 'Properties.Protocol', replace('HTTP')),
    ...Object.entries(domains).map(([type, path]) => guard(type, `Properties.${path}`, remove, replace('TLS_1_0'))),
  ],
  reads: [
    ...Object.values(policied).map(({ policy }) => ({ type: policy, path: 'Properties.PolicyDocument' })),
    { type: 'AWS::ElasticLoadBalancingV2::Listener', path: 'Properties.DefaultActions' },
  ],
};

type Policied = (typeof policied)[string];

function plainDenied(resource: Resource, { policy, link, action, fix }: Policied, assembly: Assembly): readonly Finding[] {
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
      required: `a denial of ${action} to everyone where aws:SecureTransport is false`,
      fix,
    },
  ];
}

/** The statements of a policy that deny plain requests to everyone, under no further condition. */
function plainDenials(policy: Resource): readonly Statement[] {
  const plain = [{ operator: 'Bool', key: 'aws:SecureTransport', value: 'false' }];
  return statementsOf(policy.at('PolicyDocument'), 'PolicyDocument').filter(
    (statement) => statement.effect === 'Deny' && concernsEveryone(statement) && conditionsAre(statement, plain),
  );
}

function coversAll(statement: Statement, resource: Resource): boolean {
  if (resource.type === 'AWS::S3::Bucket') return coversBucket(statement, resource) && coversObjects(statement, resource);
  // A queue's ARN is an attribute, a topic's is what Ref gives.
  return statement.resources.some((text) => ['*', `\${${resource.logicalId}.Arn}`, `\${${resource.logicalId}}`].includes(text));
}

function isEncrypted(listener: Resource): boolean {
  return listener.at('Protocol') !== 'HTTP';
}

/** A plain HTTP listener may do one thing: redirect to HTTPS. */
function listenerFindings(resource: Resource): readonly Finding[] {
  if (isEncrypted(resource)) {
    const policy = resource.at('SslPolicy');
    if (typeof policy === 'string' && listenerPolicy.test(policy)) return [];
    const fix = 'Set sslPolicy: SslPolicy.TLS13_12_RES_PQ on the listener.';
    return [finding(resource, 'tls', 'Properties.SslPolicy', 'a policy of TLS 1.2 and 1.3 only', fix)];
  }
  const actions = listOf(resource.at('DefaultActions'));
  const redirects = actions.length > 0 && actions.every((_, index) => redirectsToHttps(resource, `DefaultActions.${index}`));
  if (redirects) return [];
  return [finding(resource, 'plain', 'Properties.DefaultActions', 'a redirect to HTTPS', 'Redirect with ListenerAction.redirect.')];
}

function redirectsToHttps(resource: Resource, action: string): boolean {
  return resource.at(`${action}.Type`) === 'redirect' && resource.at(`${action}.RedirectConfig.Protocol`) === 'HTTPS';
}

function domainName(resource: Resource, path: string): readonly Finding[] {
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
    broken(`Properties.${Object.values(policied).find(({ policy }) => policy === type)?.link}`, replace('elsewhere')),
  ];
}
