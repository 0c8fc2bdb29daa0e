import { Resource } from '../../../../lib/tom/template/assembly';
import { inProduction, setting, settingBetween } from '../../../../lib/tom/world/configured';
import type { Form } from '../../../../lib/tom/world/form';
import { jsonText } from '../../../../lib/tom/world/form';
import { policyDocument } from '../../../../lib/tom/world/statements';
import { assemblyOf, facts, resource, stack } from '../rules/example';

const judge = (form: Form, value: unknown, changed = {}) => {
  const assembly = assemblyOf({}, changed);
  const context = { resource: new Resource(stack({}), 'A', resource('T')), assembly, facts: assembly.facts, variables: {} };
  return form.deviations({ value: value as never, path: 'x', context }).length;
};

test('a setting is equal to that of the configuration', () => {
  const form = setting(({ settings }) => settings.data.keepMonths);
  expect([25, 24, 26, '25', undefined].map((value) => judge(form, value))).toEqual([0, 1, 1, 1, 1]);
});

test('a setting below the figure of its clause is refused, although the configuration has it', () => {
  const weak = settingBetween(() => 89, 90);
  const long = settingBetween(() => 31, 30, 30);
  const right = settingBetween(() => 90, 90, 120);
  expect([judge(weak, 89), judge(weak, 90), judge(long, 31), judge(long, 30)]).toEqual([1, 1, 1, 1]);
  expect([judge(right, 90), judge(right, 91), judge(right, '90')]).toEqual([0, 1, 1]);
});

test('production cannot take the value of other environments', () => {
  const form = inProduction('COMPLIANCE', 'GOVERNANCE');
  expect([judge(form, 'COMPLIANCE'), judge(form, 'GOVERNANCE')]).toEqual([0, 1]);
  const staging = { environment: 'staging' } as const;
  expect([judge(form, 'COMPLIANCE', staging), judge(form, 'GOVERNANCE', staging)]).toEqual([1, 0]);
  expect(facts.environment).toBe('production');
});

test('a policy document has each statement once, in any order', () => {
  const form = policyDocument({ Sid: 'A' }, { Sid: 'B' }) as never;
  const document = (...Statement: unknown[]) => ({ Statement, Version: '2012-10-17' });
  const text = jsonText(form);
  const judged = (value: unknown) => judge(text, JSON.stringify(value));
  expect(judged(document({ Sid: 'B' }, { Sid: 'A' }))).toBe(0);
  expect(judged(document({ Sid: 'A' }))).toBeGreaterThan(0);
  expect(judged(document({ Sid: 'A' }, { Sid: 'A' }))).toBeGreaterThan(0);
  expect(judged(document({ Sid: 'A' }, { Sid: 'B' }, { Sid: 'B' }))).toBeGreaterThan(0);
  expect(judged({ ...document({ Sid: 'A' }, { Sid: 'B' }), Id: 'x' })).toBeGreaterThan(0);
});

test('a policy as text has no key twice', () => {
  const text = jsonText({ Effect: 'Allow' });
  expect(judge(text, '{"Effect":"Allow"}')).toBe(0);
  expect(judge(text, '{"Effect":"Deny","Effect":"Allow"}')).toBe(1);
  expect(judge(text, '{"Effect": "Allow"}')).toBe(1);
});
