import { roleUsers } from '../../../../../lib/tom/rules/identity/role-users';
import { Assembly, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, facts, resource, stack } from '../example';

const att = (id: string): JsonObject => ({ 'Fn::GetAtt': [id, 'Arn'] });
const parts = {
  UpkeepFunctionRole: resource('AWS::IAM::Role'),
  UpkeepFunctionPermissions: resource('AWS::IAM::ManagedPolicy', { Roles: [{ Ref: 'UpkeepFunctionRole' }] }),
  UpkeepFunction: resource('AWS::Lambda::Function', { Role: att('UpkeepFunctionRole') }),
};
const says = (more: Parameters<typeof stack>[0]) =>
  answers(roleUsers, new Assembly(facts, [stack({ ...parts, ...more }, { name: 'production-data' })]));

test('a role with its policy and its one user complies', () => {
  expect(says({}).UpkeepFunctionRole).toBe('compliant');
});

test('a second user, and a user with the role of another, do not comply', () => {
  const Other = resource('AWS::Lambda::Function', { Role: att('UpkeepFunctionRole') });
  expect(says({ Other }).UpkeepFunctionRole).toEqual(['use::data/Other Role']);
  const AnotherPolicy = resource('AWS::IAM::Policy', { Roles: [{ Ref: 'UpkeepFunctionRole' }] });
  expect(says({ AnotherPolicy }).UpkeepFunctionRole).toEqual(['use::data/AnotherPolicy Roles.0']);
});

test('a role without its user does not comply', () => {
  const UpkeepFunction = resource('AWS::Lambda::Function', { Role: 'arn:aws:iam::111111111111:role/another' });
  expect(says({ UpkeepFunction }).UpkeepFunctionRole).toEqual(['unused::data/UpkeepFunction Role']);
});

test('a role that is not declared does not comply', () => {
  expect(says({ Further: resource('AWS::IAM::Role') }).Further).toEqual(['unknown']);
});
