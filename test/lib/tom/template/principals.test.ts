import type { Json, JsonObject, ResourceJson } from '../../../../lib/tom/template/assembly';
import { grantsOf, principalsOf } from '../../../../lib/tom/template/principals';
import { assemblyOf, ref, resource } from '../rules/example';

const grants = (json: ResourceJson) => grantsOf(assemblyOf({ A: json }).resources[0] as never).map(({ path }) => path);
const statement: JsonObject = { Effect: 'Allow', Principal: '*' };

test('every statement that admits a principal is found, with its place', () => {
  const properties = { A: { Statement: [statement, { Effect: 'Deny', Principal: '*' }] }, B: [{ C: { NotPrincipal: 'x' } }] };
  expect(grants(resource('T', properties))).toEqual(['Properties.A.Statement.0', 'Properties.B.0.C']);
});

test('a policy as text is found at its place; other texts are none', () => {
  const text = JSON.stringify({ Statement: [statement] });
  expect(grants(resource('T', { Text: text }))).toEqual(['Properties.Text.Statement.0']);
  expect(grants(resource('T', { Text: `${text}}` }))).toEqual(['Properties.Text']);
  expect(grants(resource('T', { Text: '{"a": "b"}', Other: 'Principal"' }))).toEqual([]);
});

test('the trust of a role that cannot be read is a grant', () => {
  expect(grants(resource('AWS::IAM::Role', { AssumeRolePolicyDocument: ref('Trust') }))).toEqual(['Properties.AssumeRolePolicyDocument']);
  expect(grants(resource('AWS::IAM::Role', { AssumeRolePolicyDocument: { Statement: [] } }))).toEqual([]);
});

test.each<[JsonObject, string[]]>([
  [{ Principal: '*' }, ['AWS *']],
  [{ Principal: { AWS: ['a', { Ref: 'B' }] } }, ['AWS a', 'AWS ${B}']],
  [{ Principal: { Service: 's', Federated: 'f' } }, ['Service s', 'Federated f']],
  [{ Principal: { 'Fn::If': ['C', 'a', 'b'] } }, ['AWS ?']],
  [{ Principal: { AWS: [['a'] as Json] } }, ['AWS ?']],
  [{ NotPrincipal: { AWS: 'a' } }, ['AWS *']],
])('%j admits %j', (json, expected) => {
  expect(principalsOf(json).map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected);
});
