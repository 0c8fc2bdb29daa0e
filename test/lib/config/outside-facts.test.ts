// Facts from outside: which are missing, which are examples, and what production says to them.
import { exampleFacts, missingFacts, refusalOf } from '../../../lib/config/outside-facts';
import { settingsSchema } from '../../../lib/config/settings/settings';

const settings = (access: object, environment = 'production') => settingsSchema.parse({ environment, owner: 'platform-team', access });

const given = {
  managementGateway: { home: '8.8.4.4', recovery: '8.8.4.5' },
  managementNetworks: [{ name: 'manager', cidr: '172.20.8.0/24' }],
  officeAddresses: ['8.8.8.0/24'],
  vpnCertificate: { home: '11111111-2222-4333-8444-555555555555' },
  auditor: { account: '210987654321', externalId: 'audit-2026-0123456789' },
  deployer: { repository: 'company/hosting' },
};

test('production with every fact is deployed', () => {
  expect(missingFacts(settings(given))).toEqual([]);
  expect(exampleFacts(settings(given))).toEqual([]);
  expect(refusalOf(settings(given))).toBeUndefined();
});

test.each(['managementGateway', 'managementNetworks', 'officeAddresses', 'auditor', 'deployer'] as const)(
  'production without %s is refused',
  (fact) => {
    const { [fact]: _, ...others } = given;
    expect(missingFacts(settings(others))).toEqual([`access.${fact}`]);
    expect(refusalOf(settings(others))).toBe(`Facts from outside: give access.${fact}. Production is not deployed without them.`);
    expect(refusalOf(settings(others, 'staging'))).toBeUndefined();
  },
);

test('the certificate of the VPN comes from a first deployment, which proceeds without it', () => {
  const { vpnCertificate: _, ...others } = given;
  expect(missingFacts(settings(others))).toEqual(['access.vpnCertificate']);
  expect(refusalOf(settings(others))).toBeUndefined();
});

test.each<[string, object]>([
  ['officeAddresses', { officeAddresses: ['8.8.8.0/24', '203.0.113.16/28'] }],
  ['officeAddresses', { officeAddresses: ['0.0.0.0/0'] }],
  ['managementGateway', { managementGateway: { home: '198.51.100.1', recovery: '8.8.4.5' } }],
  ['managementGateway', { managementGateway: { home: '8.8.4.4', recovery: '203.0.113.1' } }],
  ['managementNetworks', { managementNetworks: [{ name: 'manager', cidr: '192.168.40.0/24' }] }],
  ['auditor', { auditor: { account: '111122223333', externalId: 'audit-2026-0123456789' } }],
  ['deployer', { deployer: { repository: 'example/rempart' } }],
  ['vpnCertificate', { vpnCertificate: { home: '00000000-0000-4000-8000-000000000001' } }],
  ['vpnCertificate', { vpnCertificate: { ...given.vpnCertificate, recovery: '00000000-0000-4000-8000-000000000002' } }],
])('production with an example of %s is refused', (fact, example) => {
  expect(exampleFacts(settings({ ...given, ...example }))).toEqual([`access.${fact}`]);
  expect(refusalOf(settings({ ...given, ...example }))).toContain(`replace the examples of access.${fact}`);
});
