import { Assembly, type Json, listOf, Resource, valueAt } from '../../../../lib/tom/template/assembly';
import { att, facts, ref, resource, stack } from '../rules/example';

const producer = stack(
  { Key: resource('AWS::KMS::Key') },
  {
    name: 'production-account',
    template: {
      Resources: { Key: resource('AWS::KMS::Key') },
      Outputs: {
        KeyArn: { Value: att('Key'), Export: { Name: 'key' } },
        Onward: { Value: { 'Fn::ImportValue': 'key' }, Export: { Name: 'onward' } },
        Loop: { Value: { 'Fn::ImportValue': 'loop' }, Export: { Name: 'loop' } },
      },
    },
  },
);
const assembly = new Assembly(facts, [producer, stack({ Topic: resource('AWS::SNS::Topic', { A: { B: [{ C: 1 }] } }) })]);
const topic = assembly.resource('production-example', 'Topic') as Resource;

test('resources are found by stack and logical id, and by type', () => {
  expect(topic.type).toBe('AWS::SNS::Topic');
  expect(assembly.resource('production-account', 'Topic')).toBeUndefined();
  expect(assembly.resource('production-example', 'toString')).toBeUndefined();
  expect(assembly.ofType('AWS::KMS::Key').map(({ logicalId }) => logicalId)).toEqual(['Key']);
  expect(assembly.ofType('constructor')).toEqual([]);
});

test.each<[string, Json]>([
  ['an export', { 'Fn::ImportValue': 'key' }],
  ['an export of an export', { 'Fn::ImportValue': 'onward' }],
  ['an output', { 'Fn::GetStackOutput': { StackName: 'production-account', OutputName: 'KeyArn' } }],
])('a reference is followed through %s', (_, value) => {
  expect(assembly.target(value, topic.stack)?.logicalId).toBe('Key');
});

test.each<[string, Json | undefined]>([
  ['nothing', undefined],
  ['text', 'Key'],
  ['a resource of another stack', ref('Key')],
  ['a parameter', ref('AWS::Region')],
  ['an unknown export', { 'Fn::ImportValue': 'unknown' }],
  ['an export of itself', { 'Fn::ImportValue': 'loop' }],
  ['an unknown output', { 'Fn::GetStackOutput': { StackName: 'production-account', OutputName: 'Unknown' } }],
  ['an output in another region', { 'Fn::GetStackOutput': { StackName: 'production-account', OutputName: 'KeyArn', Region: 'us-west-2' } }],
  [
    'an output by a role of another account',
    { 'Fn::GetStackOutput': { StackName: 'production-account', OutputName: 'KeyArn', RoleArn: 'arn:aws:iam::210987654321:role/r' } },
  ],
  ['nonsense', { Ref: ['Key'], 'Fn::GetAtt': 7 }],
])('%s leads nowhere', (_, value) => {
  expect(assembly.target(value, topic.stack)).toBeUndefined();
});

test('attributes are read in both spellings', () => {
  const { stack: account } = assembly.ofType('AWS::KMS::Key')[0] as Resource;
  expect(assembly.target({ 'Fn::GetAtt': 'Key.Arn' }, account)?.logicalId).toBe('Key');
  expect(assembly.target(att('Key'), account)?.logicalId).toBe('Key');
});

test('values are found by path, own properties alone', () => {
  expect(topic.at('A.B.0.C')).toBe(1);
  expect(topic.at('A.B.1.C')).toBeUndefined();
  expect(topic.at('constructor')).toBeUndefined();
  expect(topic.at('A.B.length.toString')).toBeUndefined();
  expect(valueAt('text', 'length')).toBeUndefined();
});

test('a value is read as a list, a missing one as none', () => {
  expect([listOf(undefined), listOf(null), listOf(0), listOf([1, 2])]).toEqual([[], [], [0], [1, 2]]);
});

test('properties that are none are read as none', () => {
  expect(new Resource(producer, 'A', { Type: 'T', Properties: 'text' as never }).at('length')).toBeUndefined();
  expect(new Resource(producer, 'A', { Type: 7 as never }).type).toBe('');
});
