import { decidedInside } from '../../../../../lib/tom/rules/deployment/decided-inside';
import { declaredSections } from '../../../../../lib/tom/rules/deployment/declared-sections';
import { Assembly, type Json, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { canonical } from '../../../../../lib/tom/template/canonical';
import { parametersOf, rulesOf, serverImageParameter } from '../../../../../lib/tom/world/sections';
import { answers, att, facts, join, ref, resource, stack } from '../example';

const producer = stack(
  {},
  {
    name: 'production-data',
    template: {
      Resources: { Bucket: resource('AWS::S3::Bucket') },
      Outputs: { Name: { Value: ref('Bucket'), Export: { Name: 'production-data:Name' } } },
    },
  },
);
const assemblyWith = (value: Json, type = 'AWS::S3::BucketPolicy') =>
  new Assembly(facts, [producer, stack({ A: resource(type, { Any: value }), Own: resource('AWS::S3::Bucket') })]);
const verdict = (value: Json) => answers(decidedInside, assemblyWith(value)).A;

test.each<[string, Json]>([
  ['a resource of the stack', ref('Own')],
  ['its attribute', att('Own')],
  ['its attribute as text', { 'Fn::GetAtt': 'Own.Arn' }],
  ['the account', ref('AWS::AccountId')],
  ['an export of the assembly', { 'Fn::ImportValue': 'production-data:Name' }],
  ['an output of the assembly', { 'Fn::GetStackOutput': { StackName: 'production-data', OutputName: 'Name' } }],
  ['a substitution', { 'Fn::Sub': ['${Own.Arn}/${x}/${!literal}/${AWS::Region}', { x: ref('Own') }] }],
])('%s is inside', (_, value) => {
  expect(verdict(value)).toBe('compliant');
});

test.each<[string, Json]>([
  ['a parameter', ref('SomeParameter')],
  ['a parameter in a join', join('arn:aws:iam::', ref('Account'), ':root')],
  ['the parameter of the bootstrap version', ref('BootstrapVersion')],
  ['the image of the servers elsewhere', ref(serverImageParameter)],
  ['the id of the stack', ref('AWS::StackId')],
  ['an attribute of another stack', att('Bucket')],
  ['an import without exporter', { 'Fn::ImportValue': 'other:Name' }],
  ['an import whose name is computed', { 'Fn::ImportValue': { 'Fn::Sub': 'production-${AWS::Region}' } }],
  ['an output of another assembly', { 'Fn::GetStackOutput': { StackName: 'other', OutputName: 'Name' } }],
  [
    'an output by a role of another account',
    { 'Fn::GetStackOutput': { StackName: 'production-data', OutputName: 'Name', RoleArn: 'arn:aws:iam::210987654321:role/r' } },
  ],
  ['an output that the stack lacks', { 'Fn::GetStackOutput': { StackName: 'production-data', OutputName: 'Other' } }],
  ['a parameter in a substitution', { 'Fn::Sub': 'arn:${Some}' }],
  ['a parameter in a variable of a substitution', { 'Fn::Sub': ['${x}', { x: ref('Some') }] }],
])('%s is outside, and no canonical value', (_, value) => {
  expect(verdict(value)).toHaveLength(1);
  const assembly = assemblyWith(value);
  const text = canonical(value, assembly.stacks[1] as never, assembly);
  expect(String(text)).not.toMatch(/^\$\{[a-z]+\/[\w.]+\}$/);
});

test('the image of the servers comes from a parameter, in its place alone', () => {
  const template = (LaunchTemplateData: JsonObject) =>
    answers(decidedInside, { A: resource('AWS::EC2::LaunchTemplate', { LaunchTemplateData }) }).A;
  expect(template({ ImageId: ref(serverImageParameter) })).toBe('compliant');
  expect(template({ KeyName: ref(serverImageParameter) })).toHaveLength(1);
  expect(template({ ImageId: ref('BootstrapVersion') })).toHaveLength(1);
});

const sections = (name: string, template: JsonObject) => {
  const only = stack({}, { name, template: { Description: 'x', Resources: {}, ...template } as never });
  return answers(declaredSections, new Assembly(facts, [only])).stack;
};
const rest = { Rules: rulesOf('data', facts.settings) };

test.each(['data', 'collection'])('the parameters of %s are a fixed list, equal to the letter', (name) => {
  const own = parametersOf(name);
  expect(sections(`production-${name}`, { ...rest, Parameters: own })).toBe('compliant');
  const version = own.BootstrapVersion as JsonObject;
  for (const Parameters of [
    {},
    { ...own, Reader: { Type: 'String' } },
    { ...own, BootstrapVersion: { ...version, Default: '/elsewhere' } },
    { ...own, BootstrapVersion: { ...version, Type: 'String' } },
    { ...own, BootstrapVersion: { ...version, AllowedValues: ['1'] } },
  ]) {
    expect(sections(`production-${name}`, { ...rest, Parameters })).toEqual(['parameters']);
  }
});

test('an output hands over a resource that another stack imports, and nothing else', () => {
  const Parameters = parametersOf('data');
  expect(sections('production-data', { ...rest, Parameters, Outputs: { Note: { Value: 'text' } } })).toEqual(['output::Note']);
  const unused = { Note: { Value: ref('Own'), Export: { Name: 'production-data:Note' } } };
  expect(sections('production-data', { ...rest, Parameters, Outputs: unused })).toEqual(['output::Note']);
});
