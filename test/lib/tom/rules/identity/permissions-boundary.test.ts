import { permissionsBoundary } from '../../../../../lib/tom/rules/identity/permissions-boundary';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { requiredDenials } from '../../../../../lib/tom/template/boundary';
import { audit, boundaryPolicy, denials } from '../audit/example-audit';
import { answers, changed, ref, resource } from '../example';

const says = (statements: Readonly<Record<string, JsonObject>>) =>
  answers(permissionsBoundary, changed(audit, 'Boundary', { PolicyDocument: boundaryPolicy(statements) })).Boundary;
const role = (boundary?: string | JsonObject) =>
  answers(permissionsBoundary, changed(audit, 'Role', { PermissionsBoundary: boundary })).Role;
const narrowed = (id: string, statement: JsonObject) => says({ ...denials, [id]: { ...denials[id], ...statement } });

test('a role with the boundary complies, by name and by reference', () => {
  expect(answers(permissionsBoundary, audit)).toEqual({ Role: 'compliant', Boundary: 'compliant' });
  expect(role(ref('Boundary'))).toBe('compliant');
});

test('a role without, with a policy of AWS or with one from elsewhere does not', () => {
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

test.each(Object.keys(denials))('nor one that only allows it: %s', (id) => {
  expect(narrowed(id, { Effect: 'Allow' })).toEqual([`denial::${id}`]);
});

test.each<[string, string, JsonObject]>([
  ['another region', 'regions', { Condition: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-3', 'us-east-1'] } } }],
  ['a regional service', 'regions', { NotAction: ['iam:*', 's3:*'] }],
  ['any regional service', 'regions', { NotAction: ['iam:*', 'dynamodb:PutItem'] }],
  ['every request', 'regions', { Condition: { StringNotEqualsIfExists: { 'aws:RequestedRegion': ['eu-west-3'] } } }],
  ['deletion', 'archive', { NotAction: ['s3:Get*', 's3:Delete*'] }],
  ['the bucket', 'archive', { Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Archive', 'Arn'] }, '/*']] } }],
  ['some principals', 'archive', { Condition: { StringNotEquals: { 'aws:PrincipalTag/role': 'admin' } } }],
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

test('every way to open the network is asked for, and nothing else of it', () => {
  expect(requiredDenials.find(({ id }) => id === 'network')?.actions).toEqual(networkChanges);
});

test.each(networkChanges)('a boundary that leaves out %s does not comply', (action) => {
  expect(narrowed('network', { Action: networkChanges.filter((other) => other !== action) })).toEqual(['denial::network']);
});

test('actions have no case', () => {
  expect(narrowed('network', { Action: networkChanges.map((action) => action.toUpperCase()) })).toBe('compliant');
});
