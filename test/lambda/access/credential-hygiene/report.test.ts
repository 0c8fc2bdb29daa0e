// The credential report of IAM, the root user, and the message to people.
import { readReport } from '../../../../lambda/access/credential-hygiene/credential-report';
import { examineRoot } from '../../../../lambda/access/credential-hygiene/examine';
import { noticeOf } from '../../../../lambda/access/credential-hygiene/notice';

const report = (...rows: string[]) =>
  ['user,arn,password_enabled,password_last_used,password_last_changed,mfa_active', ...rows, ''].join('\n');

test('the report is read by the names of its columns, without the root user', () => {
  const text = report(
    '<root_account>,arn:aws:iam::1:root,not_supported,2026-01-01T00:00:00+00:00,not_supported,true',
    'ada,arn:aws:iam::1:user/ada,true,no_information,2026-01-02T03:04:05+00:00,false',
    'bob,arn:aws:iam::1:user/bob,false,N/A,N/A,false',
  );
  expect(readReport(text)).toEqual([
    { user: 'ada', changed: new Date('2026-01-02T03:04:05Z') },
    { user: 'bob', changed: undefined },
  ]);
});

test('a report that cannot be read is an error, not an empty list', () => {
  expect(() => readReport('')).toThrow('credential report: expected the columns user, password_enabled, password_last_changed');
  expect(() => readReport('user,arn\nada,x')).toThrow('expected the columns');
  expect(() => readReport(report('ada,x,true,N/A,N/A,false'))).toThrow('credential report, ada: expected a time, got "N/A"');
});

test('the root user needs MFA and no keys; an answer that fails is no proof', async () => {
  const findings = async (root: { hasMfa: boolean; hasKeys: boolean }) =>
    (await examineRoot({ root: async () => root })).findings.map(({ id }) => id);
  expect(await findings({ hasMfa: true, hasKeys: false })).toEqual([]);
  expect(await findings({ hasMfa: false, hasKeys: true })).toEqual(['root::mfa', 'root::keys']);
  const failed = { root: () => Promise.reject(new Error('denied')) };
  expect((await examineRoot(failed)).unseen).toEqual(['root user: Error: denied']);
});

test('a message holds no more than people read, and none where nothing happened', () => {
  expect(noticeOf('production', [])).toBeUndefined();
  const many = noticeOf(
    'production',
    Array.from({ length: 150 }, (_, index) => `Credential ${index}.`),
  );
  expect(many?.Message.split('\n')).toHaveLength(102);
  expect(many?.Message).toContain('50 further credentials');
  expect(many?.Subject).toMatch(/^[ -~]{1,100}$/);
});
