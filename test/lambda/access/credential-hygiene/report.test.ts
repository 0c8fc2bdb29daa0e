// The credential report of IAM, the root user, and the message to people.
import { readReport } from '../../../../lambda/access/credential-hygiene/credential-report';
import { type Credentials, examine, examineRoot } from '../../../../lambda/access/credential-hygiene/examine';
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
});

test('a row that cannot be read is reported, and does not hide the rows of others', () => {
  const rows = ['true,N/A,N/A', 'yes,N/A,2026-01-02T03:04:05Z', ',N/A,2026-01-02T03:04:05Z'].map(
    (row, index) => `u${index},x,${row},false`,
  );
  const read = readReport(report(...rows, 'ada,x,TRUE,N/A,2026-01-02T03:04:05Z,false', 'bob,x,FALSE,N/A,N/A,false'));
  expect(read.slice(3)).toEqual([
    { user: 'ada', changed: new Date('2026-01-02T03:04:05Z') },
    { user: 'bob', changed: undefined },
  ]);
  expect(read.slice(0, 3).map(({ unread }) => unread)).toEqual([
    'expected true with a time or false, got "true" and "N/A"; read the report by hand',
    'expected true with a time or false, got "yes" and "2026-01-02T03:04:05Z"; read the report by hand',
    'expected true with a time or false, got "" and "2026-01-02T03:04:05Z"; read the report by hand',
  ]);
});

describe('a password that the report does not show', () => {
  const reportedAt = new Date('2026-11-30T06:00:00Z');
  const examined = (text: string, created: Date) => {
    const credentials: Credentials = {
      users: async () => ['a,b', 'old'],
      report: async () => ({ at: reportedAt, passwords: readReport(text) }),
      loginProfile: async () => created,
      lastSignIn: async () => undefined,
      deleteLoginProfile: async () => undefined,
      accessKeys: async () => [],
      lastUse: async () => undefined,
      disableKey: async () => undefined,
      deleteKey: async () => undefined,
      root: async () => ({ hasMfa: true, hasKeys: false }),
    };
    return examine(credentials, { now: reportedAt, ages: { warn: [76, 83], limit: 90, remove: 120 }, exemptions: new Map() });
  };
  const row = 'old,x,true,N/A,2026-01-02T03:04:05Z,false';

  test('is reported for a user whose name has a comma, and that of another user ends', async () => {
    for (const name of ['a,b', '"a,b"']) {
      const { findings, unseen } = await examined(report(`${name},x,true,N/A,2026-01-02T03:04:05Z,false`, row), new Date('2026-01-01'));
      expect(findings.map(({ id }) => id)).toEqual(['password::old']);
      expect(unseen).toEqual(['password of a,b: Error: credential report: expected a row of a,b, got none; read the report by hand']);
    }
  });

  test('is reported for a row that cannot be read', async () => {
    const { unseen } = await examined(report('old,x,yes,N/A,2026-01-02T03:04:05Z,false'), new Date('2026-12-01'));
    expect(unseen).toEqual([expect.stringContaining('password of old: Error: credential report: expected true with a time or false')]);
  });

  test('waits for the next report where the profile is newer', async () => {
    expect((await examined(report(row), reportedAt)).unseen).toEqual([]);
  });
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
