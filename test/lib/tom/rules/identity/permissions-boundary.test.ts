import { boundedActions } from '../../../../../lib/identity/bounded-actions';
import { permissionsBoundary } from '../../../../../lib/tom/rules/identity/permissions-boundary';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { requiredDenials } from '../../../../../lib/tom/template/boundary';
import { audit, boundaryPolicy, denials } from '../audit/example-audit';
import { answers, changed, join, ref, resource } from '../example';

const says = (statements: Readonly<Record<string, JsonObject>>) =>
  answers(permissionsBoundary, changed(audit, 'Boundary', { PolicyDocument: boundaryPolicy(statements) })).Boundary;
const role = (boundary?: string | JsonObject) =>
  answers(permissionsBoundary, changed(audit, 'Role', { PermissionsBoundary: boundary })).Role;
const narrowed = (id: string, statement: JsonObject) => says({ ...denials, [id]: { ...denials[id], ...statement } });

test('a role with the boundary complies, by name and by reference', () => {
  expect(answers(permissionsBoundary, audit)).toEqual({ Role: 'compliant', Boundary: 'compliant' });
  expect(role(ref('Boundary'))).toBe('compliant');
});

test('a role without the boundary, or with another policy, does not comply', () => {
  expect(role()).toEqual(['boundary']);
  expect(role('arn:aws:iam::aws:policy/PowerUserAccess')).toEqual(['boundary']);
  expect(role(ref('Key'))).toEqual(['boundary']);
});

test('other managed policies are not concerned', () => {
  expect(answers(permissionsBoundary, { ...audit, Other: resource('AWS::IAM::ManagedPolicy') }).Other).toBe('not-applicable');
});

test.each(Object.keys(denials))('a boundary without the denial of %s does not comply', (id) => {
  const { [id]: _, ...others } = denials;
  expect(says(others)).toEqual([`denial::${id}`]);
});

test.each(Object.keys(denials))('a boundary that allows it does not comply: %s', (id) => {
  expect(narrowed(id, { Effect: 'Allow' })).toContain(`denial::${id}`);
});

test.each<[string, string, JsonObject]>([
  ['another region', 'regions', { Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-3', 'us-east-1'] } } }],
  ['a regional service', 'regions', { NotAction: ['iam:*', 'rds-db:*', 's3:*'] }],
  ['any regional service', 'regions', { NotAction: ['iam:*', 'rds-db:*', 'dynamodb:PutItem'] }],
  ['every request', 'regions', { Condition: { StringNotEqualsIfExists: { 'aws:RequestedRegion': ['eu-west-3'] } } }],
  ['deletion', 'archive', { NotAction: ['s3:Get*', 's3:Delete*'] }],
  ['the bucket', 'archive', { Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Archive', 'Arn'] }, '/*']] } }],
  ['some principals', 'archive', { Condition: { StringEquals: { 'aws:PrincipalTag/role': 'admin' } } }],
  ['another trail', 'trail', { Resource: 'arn:aws:cloudtrail:*:x:trail/staging-*' }],
  ['another region of the trail', 'trail', { Resource: 'arn:aws:cloudtrail:us-east-1:x:trail/*' }],
  ['some roles', 'shedding', { Resource: 'arn:aws:iam::111111111111:role/x' }],
  ['some firewalls', 'network', { Resource: 'arn:aws:network-firewall:eu-west-3:x:firewall/y' }],
  ['deleting flow logs', 'network', { Action: ['ec2:ModifyVpcBlockPublicAccessOptions', 'network-firewall:*', 'route53resolver:*'] }],
  ['a trail in other letters', 'trail', { Resource: 'arn:aws:cloudtrail:*:x:trail/PRODUCTION-*' }],
  ['another boundary', 'unbounded', { Condition: { StringNotEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::x:policy/other' } } }],
])('an exception for %s undoes a denial', (_, id, statement) => {
  expect(narrowed(id, statement)).toEqual([`denial::${id}`]);
});

const own = (region: string, account: string | JsonObject = ref('AWS::AccountId')) => join(`arn:aws:rds-db:${region}:`, account, ':*');

test.each<[string, JsonObject]>([
  ['of another region', { NotResource: [own('eu-west-3'), own('us-east-1')] }],
  ['of the other site', { NotResource: own('eu-central-1') }],
  ['of any region', { NotResource: own('*') }],
  ['of another account', { NotResource: own('eu-west-3', '999999999999') }],
  ['of any account', { NotResource: own('eu-west-3', '*') }],
  ['of anybody', { NotResource: '*' }],
  ['under a condition', { Condition: { StringNotEquals: { 'aws:PrincipalTag/role': 'admin' } } }],
])('a boundary that lets a role sign in to a database %s does not comply', (_, statement) => {
  expect(narrowed('sign-in', statement)).toContain('denial::sign-in');
});

test.each<[string, JsonObject]>([
  ['everything', { Action: '*' }],
  ['a service that is not of the house', { Action: ['s3:*', 'organizations:*'] }],
  ['services by pattern', { Action: 's*:Get*' }],
  ['all but one service', { NotAction: 'organizations:*' }],
  ['nothing that can be read', {}],
])('a boundary that allows %s does not comply', (_, statement) => {
  expect(says({ ...denials, more: { Effect: 'Allow', Resource: '*', ...statement } })).toEqual(['allowed::PolicyDocument.Statement.8']);
});

describe('a negated condition also holds where the key is absent', () => {
  const denied = (Condition: JsonObject) => says({ ...denials, more: { Effect: 'Deny', Action: 's3:*', Resource: '*', Condition } });

  test('therefore the denial of other regions excepts the sign-in to databases', () => {
    expect(narrowed('regions', { NotAction: ['iam:*', 'sts:*'] })).toEqual(['absent::aws:RequestedRegion']);
    expect(narrowed('regions', { NotAction: ['iam:*', 'rds-db:Other'] })).toEqual(['absent::aws:RequestedRegion']);
  });

  test.each([
    ['StringNotEquals', 'aws:SourceVpc'],
    ['StringNotLike', 'aws:PrincipalTag/role'],
    ['ArnNotLike', 'aws:SourceArn'],
    ['NotIpAddress', 'aws:SourceIp'],
    ['StringNotEqualsIfExists', 'aws:SourceVpc'],
    ['ForAnyValue:StringNotEquals', 'aws:TagKeys'],
    ['BoolIfExists', 'aws:MultiFactorAuthPresent'],
  ])('%s of %s asks whether it is there', (operator, key) => {
    expect(denied({ [operator]: { [key]: 'x' } })).toEqual([`absent::${key}`]);
    expect(denied({ [operator]: { [key]: 'x' }, Null: { [key]: 'true' } })).toEqual([`absent::${key}`]);
    expect(denied({ [operator]: { [key]: 'x' }, Null: { [key]: 'false' } })).toBe('compliant');
  });

  test('one that only holds for a key that is there, and a role without a boundary, are meant', () => {
    expect(denied({ StringEquals: { 'aws:SourceVpc': 'vpc-1' } })).toBe('compliant');
    expect(denied({ Bool: { 'kms:GrantIsForAWSResource': 'false' } })).toBe('compliant');
  });
});

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

test('every action that opens the network is required, and no other', () => {
  expect(requiredDenials.find(({ id }) => id === 'network')?.actions).toEqual(networkChanges);
});

test.each(networkChanges)('a boundary without the denial of %s does not comply', (action) => {
  expect(narrowed('network', { Action: networkChanges.filter((other) => other !== action) })).toEqual(['denial::network']);
});

test('actions are case-insensitive', () => {
  expect(narrowed('network', { Action: networkChanges.map((action) => action.toUpperCase()) })).toBe('compliant');
});

/** The rule has a list of its own, which a change of the bounded actions must change, too. */
test('a boundary that allows the bounded actions complies, and with any other service it does not', () => {
  const allowing = (...actions: readonly string[]) =>
    says({ ...denials, bounded: { Effect: 'Allow', Action: [...actions], Resource: '*' } });
  expect(allowing(...boundedActions)).toBe('compliant');
  expect(allowing(...boundedActions, 'workspaces:*')).toEqual([expect.stringMatching(/^allowed::/)]);
});
