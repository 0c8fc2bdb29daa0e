import { unconditional } from '../../../../lib/tom/rules/unconditional';
import { answers, resource } from './example';

test('a resource without condition complies, one with a condition does not', () => {
  expect(answers(unconditional, { A: resource('AWS::SNS::Topic') }).A).toBe('compliant');
  expect(answers(unconditional, { A: resource('AWS::SNS::Topic', {}, { Condition: 'IsBig' }) }).A).toEqual(['condition']);
});

test('the usage record of the library may be left out by region', () => {
  expect(answers(unconditional, { A: resource('AWS::CDK::Metadata', {}, { Condition: 'Known' }) }).A).toBe('not-applicable');
});
