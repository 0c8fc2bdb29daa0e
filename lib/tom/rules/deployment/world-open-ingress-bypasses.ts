// What opens to the internet without a load balancer, or admits strangers in small ranges.
import type { Bypass } from '../../rule';
import { attributeOf, newResource } from '../bypass';

export const openDoors: readonly Bypass[] = [
  { name: 'a function URL without authentication', resources: { Door: newResource('AWS::Lambda::Url', { AuthType: 'NONE' }) } },
  {
    name: 'a regional REST API',
    resources: { Door: newResource('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['PRIVATE', 'REGIONAL'] } }) },
  },
  { name: 'a REST API that says nothing', resources: { Door: newResource('AWS::ApiGateway::RestApi') } },
  { name: 'an HTTP API', resources: { Door: newResource('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }) } },
  {
    name: 'the range of a cloud',
    resources: (_, assembly) => ({
      Door: newResource('AWS::EC2::SecurityGroupIngress', {
        GroupId: attributeOf('AWS::EC2::SecurityGroup', 'GroupId', assembly),
        IpProtocol: 'tcp',
        FromPort: 5432,
        ToPort: 5432,
        CidrIp: '52.95.0.0/16',
      }),
    }),
  },
];
