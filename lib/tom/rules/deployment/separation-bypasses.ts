// Accounts, networks and people outside of the deployment, let in by other ways than a plain principal.

import type { Bypass } from '../../rule';
import type { Json, JsonObject } from '../../template/assembly';
import { newResource } from '../bypass';

const joining = [
  'AWS::EC2::TransitGatewayPeeringAttachment',
  'AWS::EC2::TransitGatewayRoute',
  'AWS::EC2::VPCEndpointService',
  'AWS::EC2::VPCEndpointServicePermissions',
  'AWS::NetworkManager::VpcAttachment',
  'AWS::VpcLattice::ServiceNetworkVpcAssociation',
];

const roleFor = (name: string, AssumeRolePolicyDocument: Json): Bypass => ({
  name,
  resources: { Role: newResource('AWS::IAM::Role', { AssumeRolePolicyDocument }) },
});

const issuer = 'token.actions.githubusercontent.com';
const webPolicy = (name: string, Condition: JsonObject): Bypass =>
  roleFor(name, {
    Statement: [{ Effect: 'Allow', Principal: { Federated: issuer }, Action: 'sts:AssumeRoleWithWebIdentity', Condition }],
  });

const audience: JsonObject = { [`${issuer}:aud`]: 'sts.amazonaws.com' };

export const outsiders: readonly Bypass[] = [
  ...joining.map((type): Bypass => ({ name: `an ${type}`, resources: { Door: newResource(type) } })),
  webPolicy('anyone of an identity provider', {}),
  webPolicy('any subject of an identity provider', { StringEquals: audience }),
  webPolicy('every subject of an identity provider', { StringEquals: audience, StringLike: { [`${issuer}:sub`]: '*' } }),
  webPolicy('any audience of an identity provider', { StringEquals: { [`${issuer}:sub`]: 'repo:owner/name' } }),
  roleFor('a trust that the template does not tell', '{{resolve:ssm:/trust}}'),
  roleFor('a canonical user', { Statement: [{ Effect: 'Allow', Principal: { CanonicalUser: '79a59df900b949e5' } }] }),
  {
    name: 'a policy as text that admits everyone',
    resources: {
      Logs: newResource('AWS::Logs::ResourcePolicy', {
        PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: '*', Action: 'logs:PutLogEvents' }] }),
      }),
    },
  },
];
