// Endpoints that are open to the internet without a load balancer, and a range with untrusted addresses.

import type { Bypass } from '../../rule';
import { databasePort } from '../../template/databases';
import { ingressType, securityGroupType } from '../../template/resource-types';
import { attributeOf, newResource } from '../bypass';

export const openDoors: readonly Bypass[] = [
  { name: 'a function URL without authentication', resources: { Door: newResource('AWS::Lambda::Url', { AuthType: 'NONE' }) } },
  {
    name: 'a regional REST API',
    resources: { Door: newResource('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['PRIVATE', 'REGIONAL'] } }) },
  },
  { name: 'a REST API without an endpoint type', resources: { Door: newResource('AWS::ApiGateway::RestApi') } },
  { name: 'an HTTP API', resources: { Door: newResource('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }) } },
  {
    name: 'the address range of a cloud provider',
    resources: (_, assembly) => ({
      Door: newResource(ingressType, {
        GroupId: attributeOf(securityGroupType, 'GroupId', assembly),
        IpProtocol: 'tcp',
        FromPort: databasePort,
        ToPort: databasePort,
        CidrIp: '52.95.0.0/16',
      }),
    }),
  },
];
