// Exemptions of users from the age of credentials: each with a user, a reason and an end.
import { loadSite } from '../../../../lib/config/load';
import { problemsOf, withFolder } from '../folder';

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
