// The endpoint of EC2 Instance Connect, which a deployment with `access.instanceConnect` has once; its group and its
// rules are in network-groups.ts. (DSS-5.6.6)
import { connectEndpointType } from '../template/resource-types';
import { type Declaration, declare } from './declaration';
import { hasConnect } from './network-addresses';
import { groupsOf, places, subnetName } from './network-tiers';
import { tags } from './tags';

export const instanceConnectDeclarations: readonly Declaration[] = [
  declare(
    connectEndpointType,
    'collection/InstanceConnectEndpoint',
    {
      // Servers see the address of the endpoint.
      PreserveClientIp: false,
      SecurityGroupIds: groupsOf('instanceConnect'),
      SubnetId: `\${${subnetName(places.instanceConnect.tier, '1')}}`,
      Tags: tags(),
    },
    { when: hasConnect },
  ),
];
