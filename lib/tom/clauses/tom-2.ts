// TOM, chapter 2: where data is hosted.

import { regions } from '../rules/deployment/regions';
import { permissionsBoundary } from '../rules/identity/permissions-boundary';
import type { Chapter } from './chapters';
import { awsDataCenterControls, awsIso27001, awsSoc2 } from './provider';

export const tom2: Chapter<'TOM-2'> = {
  'TOM-2.1': {
    title: 'Servers that hold data are in eu-west-3 (Paris)',
    promise:
      "All servers that hold data run in the deployment's home region, which is eu-west-3 (Paris) for production. The only other " +
      'region that a resource, an ARN or a backup copy may name is the declared recovery region, which is in the European Union. ' +
      'The permissions boundary denies requests to any other region, and a probe detects data outside the declared regions.',
    kind: 'technical',
    rules: [regions, permissionsBoundary],
    awaits: ['watch: probe for data-bearing resources outside the declared regions'],
  },
  'TOM-2.2': {
    title: 'The provider controls physical access to its data centres',
    promise: 'Buildings, entrances and server rooms are guarded by the cloud provider, whose controls are audited by third parties.',
    kind: 'inherited',
    attestation: `${awsSoc2}; ${awsIso27001}; ${awsDataCenterControls}`,
  },
  'TOM-2.3': {
    title: 'Hosting in Equinix data centres in France',
    promise:
      'Where a deployment enables it, servers in Equinix data centres in France are joined to the VPC by Direct Connect with a private ' +
      'virtual interface, with a Site-to-Site VPN as fallback. Those servers are managed instances under the same controls as the ' +
      'others: logged sessions, patching and no incoming connections.',
    kind: 'optional',
    awaits: [
      "colocation: Direct Connect gateway and private virtual interface on the VPC's gateway",
      'colocation: Site-to-Site VPN as fallback',
      'colocation: managed-instance activation with session logging, patching and no incoming connections',
    ],
  },
};
