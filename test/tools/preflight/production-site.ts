// Production at home with facts of a company in place of the examples of documentation.
import { loadSite } from '../../../lib/config/load';
import type { Site } from '../../../lib/config/site';
import { projectRoot } from '../../../tools/synthesis/synthesize';

const reviewed = loadSite({ directory: `${projectRoot}/config`, deployment: 'production', site: 'home' });
const access = {
  ...reviewed.settings.access,
  managementNetworks: [{ name: 'manager', cidr: '172.20.8.0/24' }],
  officeAddresses: ['8.8.8.0/24'],
  managementGateway: { home: '8.8.4.4', recovery: '8.8.4.5' },
  vpnCertificate: { home: '11111111-2222-4333-8444-555555555555' },
  auditor: { account: '210987654321', externalId: 'audit-2026-0123456789' },
  deployer: { repository: 'company/hosting', provider: 'managed' as const },
};

export const site: Site = { ...reviewed, settings: { ...reviewed.settings, access } };
