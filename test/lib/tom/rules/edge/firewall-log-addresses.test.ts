import { firewallLogAddresses } from '../../../../../lib/tom/rules/edge/firewall-log-addresses';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed } from '../example';
import { edge } from './example-edge';

const allowed = { ActionCondition: { Action: 'ALLOW' } };
const dropped = { Behavior: 'DROP', Requirement: 'MEETS_ALL', Conditions: [allowed] };
const verdict = (...Filters: JsonObject[]) =>
  answers(firewallLogAddresses, changed(edge, 'AclLogging', { LoggingFilter: { DefaultBehavior: 'KEEP', Filters } })).AclLogging;

test('a log that drops every allowed request complies', () => {
  expect(answers(firewallLogAddresses, edge).AclLogging).toBe('compliant');
  expect(verdict(dropped)).toBe('compliant');
});

test('a log without a filter has allowed requests', () => {
  expect(answers(firewallLogAddresses, changed(edge, 'AclLogging', { LoggingFilter: undefined })).AclLogging).toEqual(['allowed']);
});

test.each<[string, JsonObject[]]>([
  ['under misspelt paths, which have no label', [{ ...dropped, Conditions: [allowed, { LabelNameCondition: { LabelName: 'x' } }] }]],
  [
    'that another filter keeps',
    [dropped, { Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: [{ ActionCondition: { Action: 'COUNT' } }] }],
  ],
  ['where only refused ones are dropped', [{ ...dropped, Conditions: [{ ActionCondition: { Action: 'BLOCK' } }] }]],
  ['where none are dropped', [{ ...dropped, Behavior: 'KEEP' }]],
])('has allowed requests %s', (_, filters) => {
  expect(verdict(...filters)).toEqual(['allowed']);
});
