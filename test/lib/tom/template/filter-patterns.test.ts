// Filter patterns match the events that CloudWatch Logs matches, and nothing for an unknown notation.
import { matchesEvent } from '../../../../lib/tom/template/filter-patterns';

const event = { name: 'AssumeRole', user: { type: 'IAMUser', mfa: null }, seconds: 3600, text: 'a "b" (c) && d' };

test.each<[boolean, string]>([
  [true, '{ $.name = "AssumeRole" }'],
  [true, '{$.name=AssumeRole}'],
  [true, '{ $.name = "Assume*" }'],
  [true, '{ $.name = *Role }'],
  [false, '{ $.name = "Assume" }'],
  [false, '{ $.name = "assumerole" }'],
  [false, '{ $.name = "A.sumeRole" }'],
  [true, '{ $.user.type != "Root" }'],
  [false, '{ $.user.type != "IAM*" }'],
  [true, '{ $.seconds > 3599 }'],
  [false, '{ $.seconds > 3600 }'],
  [true, '{ $.seconds >= 3600 && $.seconds <= 3600 }'],
  [true, '{ $.seconds = 3600 }'],
  [true, '{ $.absent NOT EXISTS }'],
  [false, '{ $.name NOT EXISTS }'],
  [true, '{ $.user.mfa IS NULL }'],
  [false, '{ $.user.mfa = "true" }'],
  [true, '{ $.text = "a \\"b\\" (c) && d" }'],
])('%s: %s', (expected, pattern) => {
  expect(matchesEvent(pattern, event)).toBe(expected);
});

test('a conjunction binds more than an alternative, and less than parentheses', () => {
  const [yes, no] = ['$.name = "AssumeRole"', '$.name = "x"'];
  expect(matchesEvent(`{ ${yes} || ${no} && ${no} }`, event)).toBe(true);
  expect(matchesEvent(`{ (${yes} || ${no}) && ${no} }`, event)).toBe(false);
  expect(matchesEvent(`{ ((${yes}) && (${no} || ${yes})) }`, event)).toBe(true);
});

test.each([
  ['a selector that the event lacks', '{ $.absent != "x" }'],
  ['a regular expression', '{ $.name = %Assume% }'],
  ['a selector of an element', '{ $.list[0] = "x" }'],
  ['an unknown operator', '{ $.name LIKE "AssumeRole" }'],
  ['an open parenthesis', '{ ($.name = "AssumeRole" }'],
  ['words after the expression', '{ $.name = "AssumeRole" $.name }'],
  ['an open quote', '{ $.name = "AssumeRole }'],
  ['an object', '{ $.user = "*" }'],
  ['no expression', '{ }'],
  ['terms', 'AssumeRole'],
])('%s matches nothing', (_, pattern) => {
  expect(matchesEvent(pattern, event)).toBe(false);
});
