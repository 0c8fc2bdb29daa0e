import { alarmDescription } from '../../../lib/alarms/description';
import { siteFor } from '../stacks/account-stack';

const site = siteFor();

test.each([
  ['no end', 'It is wrong'],
  ['three sentences', 'It is wrong. It was right. It will be right.'],
  ['a small letter first', 'it is wrong.'],
])('a description with %s is refused', (_, what) => {
  expect(() => alarmDescription(site, 'HitsRefused', 'page', what)).toThrow(
    `alarm HitsRefused: expected a description of one or two sentences, got "${what}"; describe the failure`,
  );
});

test('a description has at most 1,024 characters', () => {
  const ending = ' Severity: page. Runbook: docs/runbook.md#hitsrefused'.length;
  const longest = `I${'t'.repeat(1024 - ending - 2)}.`;
  expect(alarmDescription(site, 'HitsRefused', 'page', longest)).toHaveLength(1024);
  expect(() => alarmDescription(site, 'HitsRefused', 'page', `I${longest}`)).toThrow('expected at most 1024 characters, got 1025');
});
