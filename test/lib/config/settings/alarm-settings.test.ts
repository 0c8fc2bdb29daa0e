import { alarmSettings } from '../../../../lib/config/settings/alarm-settings';

const accepts = (runbook: unknown) => alarmSettings.safeParse({ runbook }).success;

test.each([
  'https://git.example.com/rempart/docs/runbook.md',
  'https://git.example.com:8443/a/b%20c/-/blob/main/docs/runbook.md',
  'https://runbook.example.com',
])('the runbook may be at %s', (url) => {
  expect(accepts(url)).toBe(true);
});

test.each([
  'http://git.example.com/runbook.md',
  'git.example.com/runbook.md',
  'https://git.example.com/runbook.md#here',
  'https://git.example.com/runbook.md?at=main',
  'https://git.example.com/run book.md',
  'https://user:secret@git.example.com/runbook.md',
  'https://',
  `https://git.example.com/${'a'.repeat(300)}`,
  7,
])('the runbook is not at %s', (url) => {
  expect(accepts(url)).toBe(false);
});

test('without it there is none', () => {
  expect(alarmSettings.parse({})).toEqual({});
});
