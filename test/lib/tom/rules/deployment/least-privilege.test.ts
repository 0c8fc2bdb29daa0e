import { leastPrivilege } from '../../../../../lib/tom/rules/deployment/least-privilege';
import { Assembly, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { audit } from '../audit/example-audit';
import { answers, att, changed, facts, join, ref, resource, stack } from '../example';

const allow = (Action: string | string[], Resource: string | JsonObject = 'arn:aws:s3:::bucket/*', rest = {}): JsonObject => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
});
const anyCertificate = 'arn:aws:acm:eu-west-3:111111111111:certificate/*';
const tagged = (origin: string, value: string | string[], operator = 'StringEquals') => ({
  Condition: { [operator]: { [`aws:${origin}/rempart:deployment`]: value } },
});
const ofUser = (user: string) => ({ Condition: { StringEquals: { 'ssm:resourceTag/aws:ssmmessages:session-id': user } } });
const own = { deployment: 'production' };
/** Tags in the request, on a resource that has none, or `kept` ones. */
const tagging = (asked: Record<string, string>, kept: Record<string, string>) => {
  const keys = (origin: string, tags: Record<string, string>) =>
    Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`aws:${origin}/rempart:${tag}`, value]));
  return { Condition: { StringEquals: keys('RequestTag', asked), StringEqualsIfExists: keys('ResourceTag', kept) } };
};
const verdict = (...Statement: JsonObject[]) =>
  answers(leastPrivilege, { P: resource('AWS::IAM::Policy', { PolicyDocument: { Statement } }) }).P;

test.each<[string, JsonObject]>([
  ['named actions on named resources', allow(['s3:GetObject', 's3:GetBucketLocation'])],
  ['a family of names', allow('lambda:InvokeFunction', 'arn:aws:lambda:*:*:function:production-*')],
  [
    'a part that an intrinsic selects, with a name',
    allow('rds-db:connect', join('arn:aws:rds-db:x:y:dbuser:', { 'Fn::Select': [6, ref('P')] }, '/app')),
  ],
  [
    'an auto scaling group by its name, whatever id it gets',
    allow('autoscaling:SetInstanceHealth', 'arn:aws:autoscaling:x:y:autoScalingGroup:*:autoScalingGroupName/production-collectors'),
  ],
  ['resources by reference', allow('kms:Decrypt', att('Key'))],
  ['an import', allow('kms:Decrypt', { 'Fn::ImportValue': 'key' })],
  ['listing anywhere', allow(['ec2:DescribeInstances', 's3:ListAllMyBuckets'], '*')],
  ['actions without resource-level permissions', allow(['cloudwatch:PutMetricData', 'xray:PutTraceSegments'], '*')],
  ['reading resources with generated ids', allow('route53:GetChange', 'arn:aws:route53:::change/*')],
  [
    'changes to resources with the tag of the deployment',
    allow('acm:DeleteCertificate', anyCertificate, tagged('ResourceTag', 'production')),
  ],
  [
    'creating resources with the tag, and none with another one',
    allow(['acm:AddTagsToCertificate', 'acm:ImportCertificate'], anyCertificate, tagging(own, own)),
  ],
  [
    'the end of own sessions',
    allow('ssm:TerminateSession', join('arn:aws:ssm:eu-west-3:', ref('AWS::AccountId'), ':session/*'), ofUser('${aws:userid}')),
  ],
  ['a denial of everything', { Effect: 'Deny', Action: '*', Resource: '*' }],
])('%s may be granted', (_, statement) => {
  expect(verdict(statement)).toBe('compliant');
});

test.each<[string, JsonObject, string[]]>([
  ['every action', allow('*'), ['action::*']],
  ['every action of a service', allow(['s3:GetObject', 's3:*']), ['action::s3:*']],
  [
    'the same in disguise',
    allow(['s3:**', '*:*', 's*:Get*', 's3:?*']),
    ['action::s3:**', 'action::*:*', 'action::s*:Get*', 'action::s3:?*'],
  ],
  ['changes everywhere', allow(['s3:PutObject', 's3:ListBucket'], '*'), ['resource::s3:PutObject', 'resource::s3:ListBucket']],
  [
    'the end of sessions of one person',
    allow('ssm:TerminateSession', join('arn:aws:ssm:eu-west-3:', ref('AWS::AccountId'), ':session/*'), ofUser('AROAEXAMPLE:bob')),
    ['resource::ssm:TerminateSession'],
  ],
  [
    'changes to every auto scaling group',
    allow('autoscaling:SetInstanceHealth', 'arn:aws:autoscaling:x:y:autoScalingGroup:*:autoScalingGroupName/*'),
    ['resource::autoscaling:SetInstanceHealth'],
  ],
  ['changes to all of a service', allow('s3:PutObject', 'arn:aws:s3:::*'), ['resource::s3:PutObject']],
  [
    'changes to resources with another tag',
    allow('acm:DeleteCertificate', anyCertificate, tagged('ResourceTag', 'staging')),
    ['resource::acm:DeleteCertificate'],
  ],
  [
    'changes to resources with one of several tags',
    allow('acm:DeleteCertificate', anyCertificate, tagged('ResourceTag', ['production', 'staging'])),
    ['resource::acm:DeleteCertificate'],
  ],
  [
    'tags on resources with another tag',
    allow('acm:AddTagsToCertificate', anyCertificate, tagged('RequestTag', 'production')),
    ['resource::acm:AddTagsToCertificate'],
  ],
  [
    'another tag on resources with the tag of the deployment',
    allow('acm:AddTagsToCertificate', anyCertificate, tagging({ ...own, certificate: 'vpn-server' }, own)),
    ['resource::acm:AddTagsToCertificate'],
  ],
  [
    'changes to resources with the tag, if it exists',
    allow('acm:DeleteCertificate', anyCertificate, tagged('ResourceTag', 'production', 'StringEqualsIfExists')),
    ['resource::acm:DeleteCertificate'],
  ],
  ['changes that only bring the tag', allow('ec2:CreateTags', '*', tagged('RequestTag', 'production')), ['resource::ec2:CreateTags']],
  ['every action on resources with the tag', allow('acm:*', anyCertificate, tagged('ResourceTag', 'production')), ['action::acm:*']],
  ['all keys', allow('kms:Decrypt', join('arn:aws:kms:eu-west-3:', ref('AWS::AccountId'), ':key/*')), ['resource::kms:Decrypt']],
  ['unresolvable resources', allow('s3:PutObject', { 'Fn::Select': [0, ['x']] }), ['resource::s3:PutObject']],
  ['the same with something behind', allow('s3:PutObject', join({ 'Fn::Select': [0, ['x']] }, '/key')), ['resource::s3:PutObject']],
  ['all but some actions', { Effect: 'Allow', NotAction: 'iam:*', Resource: 'arn:aws:s3:::bucket' }, ['NotAction::iam:*']],
  [
    'all but some resources',
    { Effect: 'Allow', Action: 's3:GetObject', NotResource: 'arn:aws:s3:::bucket' },
    ['NotResource::arn:aws:s3:::bucket'],
  ],
  ['an unresolvable effect', { Effect: { Ref: 'Effect' }, Action: '*', Resource: 'arn:aws:s3:::bucket' }, ['action::*', 'resource::*']],
  [
    'some actions of a service',
    allow(['s3:Put*', 'iam:*Role*', 'kms:Decryp?']),
    ['action::s3:Put*', 'action::iam:*Role*', 'action::kms:Decryp?'],
  ],
  ['actions in capitals', allow('IAM:*'), ['action::IAM:*']],
  ['actions by parameter', allow('s3:${Verb}'), ['action::s3:${Verb}']],
])('%s may not', (_, statement, ids) => {
  expect(verdict(statement)).toEqual(ids);
});

test.each([
  'arn:*',
  'arn:aws:logs:*:*:*:*',
  'arn:aws:iam::*:*/*',
  'arn:aws:lambda:*:*:function:*',
  'arn:aws:dynamodb:*:*:table/*/index/*',
  'arn:aws:kms:*:*:k*',
  'arn:aws:s3:::*-*',
  'arn:aws:s3:::a*',
  'arn:aws:sqs:*:*:*-*',
  'production-*',
])('%s names no resource', (resourceName) => {
  expect(verdict(allow('kms:Decrypt', resourceName))).toEqual(['resource::kms:Decrypt']);
});

test('closing security groups is limited to a VPC of the deployment', () => {
  const groups = 'arn:aws:ec2:eu-west-3:111111111111:security-group/*';
  const within = (Condition: JsonObject, action = 'ec2:RevokeSecurityGroupIngress') => {
    const policy = resource('AWS::IAM::Policy', { PolicyDocument: { Statement: [allow(action, groups, { Condition })] } });
    return answers(leastPrivilege, { P: policy, Vpc: resource('AWS::EC2::VPC') }).P;
  };
  const own = join('arn:aws:ec2:eu-west-3:111111111111:vpc/', ref('Vpc'));
  const foreign = 'arn:aws:ec2:eu-west-3:111111111111:vpc/vpc-elsewhere';
  expect(within({ ArnEquals: { 'ec2:Vpc': own } })).toBe('compliant');
  expect(within({ ArnEquals: { 'ec2:Vpc': own } }, 'ec2:AuthorizeSecurityGroupIngress')).toEqual([
    'resource::ec2:AuthorizeSecurityGroupIngress',
  ]);
  for (const condition of [
    {},
    { ArnEquals: { 'ec2:Vpc': foreign } },
    { ArnNotEquals: { 'ec2:Vpc': own } },
    { ArnEquals: { 'ec2:Vpc': [own, foreign] } },
  ]) {
    expect(within(condition)).toEqual(['resource::ec2:RevokeSecurityGroupIngress']);
  }
});

test('credentials of every user of the account may be ended, and no others created', () => {
  const users = join('arn:aws:iam::', ref('AWS::AccountId'), ':user/*');
  expect(verdict(allow(['iam:UpdateAccessKey', 'iam:DeleteLoginProfile'], users))).toBe('compliant');
  expect(verdict(allow('iam:CreateAccessKey', users))).toEqual(['resource::iam:CreateAccessKey']);
  expect(verdict(allow('iam:DeleteAccessKey', '*'))).toEqual(['resource::iam:DeleteAccessKey']);
  expect(verdict(allow('iam:DeleteAccessKey', 'arn:aws:iam::999999999999:user/*'))).toEqual(['resource::iam:DeleteAccessKey']);
});

test('an agent may report every server of account and region, and do nothing else there', () => {
  const servers = join('arn:aws:ec2:eu-west-3:', ref('AWS::AccountId'), ':instance/*');
  const report = 'ssm:UpdateInstanceInformation';
  expect(verdict(allow(report, servers))).toBe('compliant');
  expect(verdict(allow([report, 'ssm:SendCommand'], servers))).toEqual([`resource::${report}`, 'resource::ssm:SendCommand']);
  expect(verdict(allow(report, '*'))).toEqual([`resource::${report}`]);
  expect(verdict(allow(report, 'arn:aws:ec2:eu-west-3:999999999999:instance/*'))).toEqual([`resource::${report}`]);
  expect(verdict(allow(report, join('arn:aws:ec2:*:', ref('AWS::AccountId'), ':instance/*')))).toEqual([`resource::${report}`]);
});

test('a parameter may stand for any resource', () => {
  const template = {
    Parameters: { Where: { Type: 'String', Default: '*' } },
    Resources: { P: resource('AWS::IAM::Policy', { PolicyDocument: { Statement: allow('kms:Decrypt', ref('Where')) } }) },
  };
  expect(answers(leastPrivilege, new Assembly(facts, [stack({}, { template })])).P).toEqual(['resource::kms:Decrypt']);
});

test('access keys and permission sets of administrators are none of the house', () => {
  const set = (properties: JsonObject) => answers(leastPrivilege, { S: resource('AWS::SSO::PermissionSet', properties) }).S;
  expect(answers(leastPrivilege, { K: resource('AWS::IAM::AccessKey') }).K).toEqual(['access-key']);
  expect(set({ ManagedPolicies: ['arn:aws:iam::aws:policy/AdministratorAccess'] })).toHaveLength(1);
  expect(set({ InlinePolicy: JSON.stringify({ Statement: [allow('*', '*')] }) })).toEqual(['action::*', 'resource::*']);
  expect(set({ InlinePolicy: { Statement: [allow('s3:GetObject')] } })).toBe('compliant');
});

test('a single statement is read like a list of one', () => {
  const policy = { P: resource('AWS::IAM::ManagedPolicy', { PolicyDocument: { Statement: allow('*') } }) };
  expect(answers(leastPrivilege, policy).P).toEqual(['action::*']);
});

test('inline policies of a role are read', () => {
  const role = resource('AWS::IAM::Role', { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement: [allow('iam:*')] } }] });
  expect(answers(leastPrivilege, { R: role }).R).toEqual(['action::iam:*']);
});

test.each<[string, string | JsonObject, string[] | string]>([
  ['AdministratorAccess', 'arn:aws:iam::aws:policy/AdministratorAccess', ['managed::arn:aws:iam::aws:policy/AdministratorAccess']],
  [
    'full access',
    join('arn:', ref('AWS::Partition'), ':iam::aws:policy/AmazonS3FullAccess'),
    ['managed::arn:${AWS.Partition}:iam::aws:policy/AmazonS3FullAccess'],
  ],
  ['an unresolvable policy', { 'Fn::If': ['A', 'b', 'c'] }, ['managed::?']],
  ['a policy by parameter', '{{resolve:ssm:/policy}}', ['managed::{{resolve:ssm:/policy}}']],
  ['a narrow one', 'arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore', 'compliant'],
])('of the policies of AWS, %s', (_, arn, expected) => {
  expect(answers(leastPrivilege, { R: resource('AWS::IAM::Role', { ManagedPolicyArns: [arn] }) }).R).toEqual(expected);
});

test('the boundary is exempt while it is nothing but a boundary', () => {
  expect(answers(leastPrivilege, audit).Boundary).toBe('not-applicable');
  expect(answers(leastPrivilege, changed(audit, 'Boundary', { Roles: [ref('Role')] })).Boundary).toContain('action::s3:*');
  expect(answers(leastPrivilege, changed(audit, 'Role', { ManagedPolicyArns: [ref('Boundary')] })).Boundary).toContain('action::s3:*');
  expect(answers(leastPrivilege, changed(audit, 'Role', { PermissionsBoundary: undefined })).Boundary).toContain('action::s3:*');
});
