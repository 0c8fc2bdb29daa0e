import { regions } from '../../../../../lib/tom/rules/deployment/regions';
import { Assembly, type Json } from '../../../../../lib/tom/template/assembly';
import { answers, facts, join, ref, resource, stack } from '../example';

const verdict = (value: Json) => answers(regions, { A: resource('AWS::SNS::Topic', { Any: value }) }).A;

test.each<[string, Json]>([
  ['the home region', 'arn:aws:s3:eu-west-3:x'],
  ['the recovery region', { Region: 'eu-central-1' }],
  ['the region of the stack', ref('AWS::Region')],
  ['a zone of the home region', 'eu-west-3a'],
  ['similar words', 'a-west-of-the-east-1 eu-westphalia'],
])('%s may be named', (_, value) => {
  expect(verdict(value)).toBe('compliant');
});

test.each<[string, Json, string]>([
  ['in an ARN', 'arn:aws:kms:us-east-1:111111111111:key', 'us-east-1'],
  ['in capitals', 'EU-WEST-1', 'eu-west-1'],
  ['in a list', [{ Region: 'eu-west-2' }], 'eu-west-2'],
  ['as a key', { 'ap-southeast-2': true }, 'ap-southeast-2'],
  ['in pieces', join('eu-', 'north-1'), 'eu-north-1'],
  ['in a substitution', { 'Fn::Sub': ['${A}-1', { A: 'us-west' }] }, 'us-west-1'],
  ['of another partition', 'us-gov-east-1', 'us-gov-east-1'],
  ['as a zone', 'ca-central-1b', 'ca-central-1'],
])('another region %s may not', (_, value, region) => {
  expect(verdict(value)).toEqual([`region::${region}`]);
});

test('a stack is in the region of its site', () => {
  const at = (region: string, changed = {}) => answers(regions, new Assembly({ ...facts, ...changed }, [stack({}, { region })])).stack;
  expect(at('eu-west-3')).toBe('compliant');
  expect(at('eu-central-1')).toEqual(['stack']);
  expect(at('eu-central-1', { site: 'recovery', region: 'eu-central-1' })).toBe('compliant');
  expect(at('eu-west-3', { site: 'recovery', region: 'eu-central-1' })).toEqual(['stack']);
});

test('both regions are in the European Union and differ', () => {
  const declared = (changed: object) => answers(regions, new Assembly({ ...facts, ...changed }, [stack({})])).stack;
  expect(declared({ recoveryRegion: 'eu-west-2' })).toEqual(['recoveryRegion']);
  expect(declared({ recoveryRegion: 'eu-west-3' })).toEqual(['recoveryRegion']);
});

test('production is at home in Paris, other environments anywhere in the European Union', () => {
  const home = (homeRegion: string, environment: 'production' | 'staging') => {
    const of = { ...facts, environment, homeRegion, region: homeRegion };
    return answers(regions, new Assembly(of, [stack({}, { region: homeRegion })])).stack;
  };
  expect(home('eu-west-3', 'production')).toBe('compliant');
  expect(home('eu-north-1', 'production')).toEqual(['region']);
  expect(home('eu-north-1', 'staging')).toBe('compliant');
  expect(home('us-east-1', 'staging')).toEqual(['region']);
});

test('outputs name no other region either', () => {
  const template = { Outputs: { A: { Value: 'us-east-1' } } };
  expect(answers(regions, new Assembly(facts, [stack({}, { template })])).stack).toEqual(['region::us-east-1']);
});
