// An edge that keeps every rule, as a template of the house would have it; tests break one thing in it.
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { att, type Resources, ref, resource } from '../example';
import { network } from '../network/example-network';

const elb = 'AWS::ElasticLoadBalancingV2::';

/** A list of keys and values, as attributes stand in a template. */
export const attributes = (values: Readonly<Record<string, Json>>): JsonObject[] =>
  Object.entries(values).map(([Key, Value]) => ({ Key, Value }));

export const balancerAttributes: Readonly<Record<string, Json>> = {
  'deletion_protection.enabled': 'true',
  'routing.http.drop_invalid_header_fields.enabled': 'true',
  'routing.http.desync_mitigation_mode': 'strictest',
  'routing.http.xff_header_processing.mode': 'append',
  'access_logs.s3.enabled': 'true',
  'access_logs.s3.bucket': ref('Landing'),
  'connection_logs.s3.enabled': 'true',
  'connection_logs.s3.bucket': ref('Landing'),
};

export const encryptedAttributes: Readonly<Record<string, Json>> = {
  'routing.http.response.server.enabled': 'false',
  'routing.http.response.strict_transport_security.header_value': 'max-age=15768000',
  'routing.http.response.x_content_type_options.header_value': 'nosniff',
};

export const plainAttributes: Readonly<Record<string, Json>> = {
  'routing.http.response.server.enabled': 'false',
  'routing.http.response.x_content_type_options.header_value': 'nosniff',
};

const headers = [
  { Name: 'Referrer-Policy', Value: 'strict-origin-when-cross-origin' },
  { Name: 'X-Content-Type-Options', Value: 'nosniff' },
  { Name: 'X-XSS-Protection', Value: '1; mode=block' },
  { Name: 'Strict-Transport-Security', Value: 'max-age=15768000' },
];

export const refuse = (ResponseHeaders: Json = headers): JsonObject => ({
  Block: { CustomResponse: { ResponseCode: 403, ResponseHeaders } },
});

export const pathIs = (path: string): JsonObject => ({
  ByteMatchStatement: {
    FieldToMatch: { UriPath: {} },
    PositionalConstraint: 'EXACTLY',
    SearchString: path,
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
  },
});
export const anyOf = (...paths: string[]): JsonObject => ({ OrStatement: { Statements: paths.map(pathIs) } });
export const not = (Statement: JsonObject): JsonObject => ({ NotStatement: { Statement } });
const data = anyOf('/hit.gif', '/hit', '/hits');

export const group = (Priority: number, Name: string, rest: JsonObject = {}): JsonObject => ({
  Name,
  Priority,
  OverrideAction: { None: {} },
  Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name, ...rest } },
});

export const rate = (Priority: number, ScopeDownStatement: JsonObject, rest: JsonObject = {}): JsonObject => ({
  Name: `rate-${Priority}`,
  Priority,
  Action: refuse(),
  Statement: { RateBasedStatement: { Limit: 1000, AggregateKeyType: 'IP', ScopeDownStatement, ...rest } },
});

/** The rules of the web ACL, by name. */
export const aclRules: Readonly<Record<string, JsonObject>> = {
  rateData: rate(0, data),
  rateOthers: rate(1, not(data)),
  reputation: group(2, 'AWSManagedRulesAmazonIpReputationList'),
  badInputs: group(3, 'AWSManagedRulesKnownBadInputsRuleSet'),
  core: group(4, 'AWSManagedRulesCommonRuleSet', {
    RuleActionOverrides: [{ Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }],
  }),
  coreElsewhere: {
    Name: 'core-elsewhere',
    Priority: 5,
    Action: refuse(),
    Statement: {
      AndStatement: {
        Statements: [{ LabelMatchStatement: { Scope: 'NAMESPACE', Key: 'awswaf:managed:aws:core-rule-set:' } }, not(data)],
      },
    },
  },
  sql: group(6, 'AWSManagedRulesSQLiRuleSet', { ScopeDownStatement: not(data) }),
};

const denyDeletion = {
  Effect: 'Deny',
  Principal: { AWS: '*' },
  Action: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
  Resource: { 'Fn::Join': ['', [att('Logs'), '/*']] },
};

const objectsOf = (bucket: string): JsonObject => ({ 'Fn::Join': ['', [att(bucket), '/*']] });

/** Statements of the policy of the landing bucket, by name. */
export const landingStatements: Readonly<Record<string, JsonObject>> = {
  delivery: {
    Effect: 'Allow',
    Principal: { Service: 'logdelivery.elasticloadbalancing.amazonaws.com' },
    Action: 's3:PutObject',
    Resource: objectsOf('Landing'),
  },
  services: {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 's3:PutObject',
    Resource: objectsOf('Landing'),
    Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' } },
  },
  reader: {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: ['s3:DeleteObject*', 's3:GetObject*'],
    Resource: objectsOf('Landing'),
    Condition: { ArnNotEquals: { 'aws:PrincipalArn': att('Reader') } },
  },
};

/** The landing bucket of raw logs, and the role that reads it and writes the logs. */
const landing: Resources = {
  Landing: resource('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 1 }] } }),
  LandingPolicy: resource('AWS::S3::BucketPolicy', {
    Bucket: ref('Landing'),
    PolicyDocument: { Statement: Object.values(landingStatements) },
  }),
  Reader: resource('AWS::IAM::Role'),
  ReaderPolicy: resource('AWS::IAM::ManagedPolicy', {
    Roles: [ref('Reader')],
    PolicyDocument: {
      Statement: [
        { Effect: 'Allow', Action: ['s3:GetObject', 's3:DeleteObject'], Resource: objectsOf('Landing') },
        { Effect: 'Allow', Action: 's3:PutObject', Resource: objectsOf('Logs') },
      ],
    },
  }),
};

const logs: Resources = {
  ...landing,
  Logs: resource('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: 90 }] } }),
  LogsPolicy: resource('AWS::S3::BucketPolicy', { Bucket: ref('Logs'), PolicyDocument: { Statement: [denyDeletion] } }),
  AclLog: resource('AWS::Logs::LogGroup', { LogGroupName: 'aws-waf-logs-example' }),
  AclLogging: resource('AWS::WAFv2::LoggingConfiguration', {
    ResourceArn: att('Acl'),
    LogDestinationConfigs: [att('AclLog')],
    RedactedFields: [
      { SingleHeader: { Name: 'authorization' } },
      { SingleHeader: { Name: 'cookie' } },
      { SingleHeader: { Name: 'referer' } },
      { QueryString: {} },
    ],
    LoggingFilter: {
      DefaultBehavior: 'KEEP',
      Filters: [{ Behavior: 'DROP', Requirement: 'MEETS_ALL', Conditions: [{ ActionCondition: { Action: 'ALLOW' } }] }],
    },
  }),
};

/** The whole edge, in the network of the other example. */
export const edge: Resources = {
  ...network,
  ...logs,
  ProxyGroup: resource('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [80, 443].map((port) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIp: '0.0.0.0/0' })),
  }),
  Balancer: resource(`${elb}LoadBalancer`, {
    Type: 'application',
    Scheme: 'internet-facing',
    Subnets: [ref('public0'), ref('public1')],
    SecurityGroups: [att('ProxyGroup', 'GroupId')],
    LoadBalancerAttributes: attributes(balancerAttributes),
  }),
  Http: resource(`${elb}Listener`, {
    LoadBalancerArn: ref('Balancer'),
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [{ Type: 'redirect', RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' } }],
    ListenerAttributes: attributes(plainAttributes),
  }),
  Https: resource(`${elb}Listener`, {
    LoadBalancerArn: ref('Balancer'),
    Port: 443,
    Protocol: 'HTTPS',
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09',
    MutualAuthentication: { Mode: 'off' },
    DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    ListenerAttributes: attributes(encryptedAttributes),
  }),
  Hits: resource(`${elb}ListenerRule`, { ListenerArn: ref('Https'), Priority: 10, Actions: [{ Type: 'forward', TargetGroupArn: 'x' }] }),
  Acl: resource('AWS::WAFv2::WebACL', {
    DefaultAction: { Allow: {} },
    Rules: Object.values(aclRules),
    DataProtectionConfig: {
      DataProtections: [
        { Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization', 'cookie', 'referer'] } },
        { Action: 'SUBSTITUTION', Field: { FieldType: 'QUERY_STRING' } },
      ],
    },
  }),
  AclOfBalancer: resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: ref('Balancer'), WebACLArn: att('Acl') }),
};

/** The web ACL with some rules other than they are; `undefined` takes one out. */
export function withRules(changed: Readonly<Record<string, JsonObject | undefined>>): Resources {
  const rules = Object.values({ ...aclRules, ...changed }).filter((rule) => rule !== undefined) as JsonObject[];
  const acl = edge.Acl;
  return { ...edge, Acl: { ...acl, Type: 'AWS::WAFv2::WebACL', Properties: { ...acl?.Properties, Rules: rules } } };
}
