// What opens to the internet without a load balancer, or admits strangers in small ranges.
import type { Intruder } from '../../rule';
import { attributeOf, intruder } from '../bypass';

export const openDoors: readonly Intruder[] = [
  { name: 'a function URL without authentication', resources: { Door: intruder('AWS::Lambda::Url', { AuthType: 'NONE' }) } },
  {
    name: 'a regional REST API',
    resources: { Door: intruder('AWS::ApiGateway::RestApi', { EndpointConfiguration: { Types: ['PRIVATE', 'REGIONAL'] } }) },
  },
  { name: 'a REST API that says nothing', resources: { Door: intruder('AWS::ApiGateway::RestApi') } },
  { name: 'an HTTP API', resources: { Door: intruder('AWS::ApiGatewayV2::Api', { ProtocolType: 'HTTP' }) } },
  {
    name: 'the range of a cloud',
    resources: (_, assembly) => ({
      Door: intruder('AWS::EC2::SecurityGroupIngress', {
        GroupId: attributeOf('AWS::EC2::SecurityGroup', 'GroupId', assembly),
        IpProtocol: 'tcp',
        FromPort: 5432,
        ToPort: 5432,
        CidrIp: '52.95.0.0/16',
      }),
    }),
  },
];
