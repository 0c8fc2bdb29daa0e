// Rules between the settings of the access of administrators; exemptions of users from the age of credentials.
import { loadSite } from '../../../../lib/config/load';
import { messagesOf, problemsOf, withFolder } from '../folder';

const accessFile = (access: string): string =>
  `environment: production\nowner: platform-team\naccount: "111111111111"\naccess: {${access}}\n`;
const auditor = (account: string) => `auditor: {account: "${account}", externalId: audit-2026-0123456789}`;

test('public ranges of offices and an outside auditor pass', () => {
  expect(problemsOf(accessFile(`officeAddresses: [198.51.100.0/24, 203.0.113.7/32], ${auditor('444455556666')}`))).toEqual([]);
  expect(problemsOf(accessFile('officeAddresses: [198.51.100.0/24], instanceConnect: true'))).toEqual([]);
});

test.each([
  ['officeAddresses: [198.51.100.0/24, 192.168.1.0/24]', 'access.officeAddresses[1]: expected a public range, got "192.168.1.0/24"'],
  ['officeAddresses: [198.0.0.0/8]', 'access.officeAddresses[0]: expected a range of /20 or smaller, got "198.0.0.0/8"'],
  ['officeAddresses: [0.0.0.0/0]', 'access.officeAddresses[0]: expected a range of /20 or smaller, got "0.0.0.0/0"'],
  [
    'signIn: identity-center, timeouts: {roleSessionMinutes: 120}',
    'access.timeouts.roleSessionMinutes: expected 60 with identity-center, got 120',
  ],
  ['instanceConnect: true', 'access.instanceConnect: expected false without access.officeAddresses, got true'],
  [
    'managementNetworks: [{name: manager, cidr: 192.168.40.0/24}], managementGateway: {home: 8.8.4.4, recoveryOff: No device is there yet.}',
    'access.managementGateway.recoveryOff: expected no reason in production, got "No device is there yet."',
  ],
  [auditor('111111111111'), 'access.auditor.account: expected an account other than `account`, got "111111111111"'],
])('%s is refused', (access, message) => {
  expect(messagesOf(accessFile(access)).join('\n')).toContain(message);
});

const reason = 'Signs in when no role can.';
const file = (...exemptions: readonly object[]): string =>
  `environment: production\nowner: platform-team\naccess: ${JSON.stringify({ credentialExemptions: exemptions })}\n`;
const exemption = { user: 'break-glass', reason, until: '2027-06-30' };

/** The message of the loader on a day. */
const loadedOn = (day: string, ...exemptions: readonly object[]) =>
  withFolder({ production: file(...exemptions) }, (directory) => loadSite({ directory, today: new Date(day) }));

test('an exemption has a user, a reason and a last day, and may be left out', () => {
  expect(problemsOf(file(exemption))).toEqual([]);
  expect(problemsOf(file())).toEqual([]);
  for (const missing of ['user', 'reason', 'until']) expect(problemsOf(file({ ...exemption, [missing]: undefined }))).toHaveLength(1);
  const wrong = [{ user: 'a,b' }, { user: 'team/ada' }, { reason: 'because' }, { until: '30.06.2027' }, { until: '2027-02-30' }];
  for (const bad of wrong) expect(problemsOf(file({ ...exemption, ...bad }))).toHaveLength(1);
});

test('a user has one exemption', () => {
  expect(problemsOf(file(exemption, { ...exemption, until: '2027-01-31' }))).toMatchObject([
    { where: expect.stringContaining('access.credentialExemptions'), expected: 'a user without another exemption' },
  ]);
});

test('an exemption is refused after its last day, and more than a year ahead', () => {
  expect(loadedOn('2027-06-30T23:59:59Z', exemption).settings.access.credentialExemptions).toEqual([exemption]);
  expect(loadedOn('2026-06-30T00:00:00Z', exemption).settings.access.credentialExemptions).toHaveLength(1);
  for (const day of ['2027-07-01T00:00:00Z', '2026-06-28T00:00:00Z']) {
    expect(() => loadedOn(day, exemption)).toThrow(
      'until: expected a day from today to 366 days ahead, got "2027-06-30"; renew the exemption with its reason, or remove it (TOM-3.8)',
    );
  }
});
