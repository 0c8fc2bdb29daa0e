// Rules between the settings of the access of administrators.
import { messagesOf, problemsOf } from '../folder';

const file = (access: string): string => `environment: production\nowner: platform-team\naccount: "111111111111"\naccess: {${access}}\n`;
const auditor = (account: string) => `auditor: {account: "${account}", externalId: audit-2026-0123456789}`;

test('public ranges of offices and an outside auditor pass', () => {
  expect(problemsOf(file(`officeAddresses: [198.51.100.0/24, 203.0.113.7/32], ${auditor('444455556666')}`))).toEqual([]);
});

test.each([
  ['officeAddresses: [198.51.100.0/24, 192.168.1.0/24]', 'access.officeAddresses[1]: expected a public range, got "192.168.1.0/24"'],
  ['officeAddresses: [198.0.0.0/8]', 'access.officeAddresses[0]: expected a range of /20 or smaller, got "198.0.0.0/8"'],
  ['officeAddresses: [0.0.0.0/0]', 'access.officeAddresses[0]: expected a range of /20 or smaller, got "0.0.0.0/0"'],
  [auditor('111111111111'), 'access.auditor.account: expected an account other than `account`, got "111111111111"'],
])('%s is refused', (access, message) => {
  expect(messagesOf(file(access)).join('\n')).toContain(message);
});
