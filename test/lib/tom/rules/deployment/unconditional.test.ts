import { unconditional } from '../../../../../lib/tom/rules/deployment/unconditional';
import { Assembly, type Json, type Template } from '../../../../../lib/tom/template/assembly';
import { answers, facts, ref, resource, stack } from '../example';

const verdict = (properties: object, rest = {}) => answers(unconditional, { A: resource('AWS::SNS::Topic', properties as never, rest) }).A;
const template = (sections: Template) => answers(unconditional, new Assembly(facts, [stack({}, { template: sections })])).stack;

test('a resource without condition complies, one with a condition does not', () => {
  expect(verdict({})).toBe('compliant');
  expect(verdict({}, { Condition: 'IsBig' })).toEqual(['condition']);
});

test('the usage record of the library may be left out by region', () => {
  expect(answers(unconditional, { A: resource('AWS::CDK::Metadata', {}, { Condition: 'Known' }) }).A).toBe('not-applicable');
});

test('functions that can be traced may be used', () => {
  const traced = { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['A', 'B'] }, { 'Fn::Select': [0, { 'Fn::Split': [':', ref('X')] }] }]] };
  expect(verdict({ A: traced, B: { 'Fn::Sub': '${X}' }, C: { 'Fn::ImportValue': 'x' } })).toBe('compliant');
});

test.each<[string, Json]>([
  ['Fn::If', { Name: { 'Fn::If': ['C', 1, 2] } }],
  ['Fn::FindInMap', [{ 'Fn::Join': ['', [{ 'Fn::FindInMap': ['M', 'a', 'b'] }]] }]],
  ['Fn::Transform', { 'Fn::Transform': { Name: 'AWS::Include' } }],
  ['Fn::ForEach::Loop', { 'Fn::ForEach::Loop': ['x', [], {}] }],
  ['Fn::ToJsonString', { 'Fn::ToJsonString': {} }],
])('%s may not, however deep', (name, value) => {
  expect(verdict({ Deep: value })).toEqual([name]);
});

test('nor outside the properties of a resource', () => {
  expect(verdict({}, { 'Fn::Transform': { Name: 'AWS::Include' } })).toEqual(['Fn::Transform']);
  expect(verdict({}, { UpdatePolicy: { 'Fn::If': [] } })).toEqual(['Fn::If']);
});

test.each(['Stack', 'StackSet', 'Macro'])('no template hides in an AWS::CloudFormation::%s', (kind) => {
  expect(answers(unconditional, { A: resource(`AWS::CloudFormation::${kind}`) }).A).toEqual(['hidden']);
});

test.each<[string, unknown, string[] | string]>([
  ['conditions', { Conditions: { IsBig: { 'Fn::Equals': [1, 2] } } }, ['condition::IsBig']],
  ['the condition of the usage record', { Conditions: { CDKMetadataAvailable: {} } }, 'compliant'],
  ['unreadable conditions', { Conditions: 'x' }, ['condition::?']],
  ['a macro', { Transform: 'AWS::LanguageExtensions' }, ['transform']],
  ['several macros', { Transform: ['x', { Name: 'AWS::Include' }] }, ['transform']],
  ['a loop over resources', { Resources: { 'Fn::ForEach::Open': ['P', ['22'], {}] } }, ['resource::Fn::ForEach::Open']],
  ['a snippet among the resources', { Resources: { 'Fn::Transform': { Name: 'AWS::Include' } } }, ['resource::Fn::Transform']],
  ['a resource without a type', { Resources: { A: {} } }, ['resource::A']],
  ['an output that is decided later', { Outputs: { A: { Value: { 'Fn::If': [] } } } }, ['Fn::If']],
  ['the check of the bootstrap version', { Rules: { CheckBootstrapVersion: {} }, Parameters: { BootstrapVersion: {} } }, 'compliant'],
])('a template with %s', (_, sections, expected) => {
  expect(template(sections as Template)).toEqual(expected);
});
