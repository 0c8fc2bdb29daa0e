import type { JsonObject } from '../../../../lib/tom/assembly';
import { permissionsBoundary } from '../../../../lib/tom/rules/permissions-boundary';
import { answers, changed, ref, resource } from './example';
import { audit, boundaryPolicy, denials } from './example-audit';

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
  ['another boundary', 'unbounded', { Condition: { StringNotEquals: { 'iam:PermissionsBoundary': 'arn:aws:iam::x:policy/other' } } }],
])('an exception for %s undoes a denial', (_, id, statement) => {
  expect(narrowed(id, statement)).toEqual([`denial::${id}`]);
});
