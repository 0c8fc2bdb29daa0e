// Service-linked roles that CloudFormation does not create, because an account has each of them once.
import { GetRoleCommand } from '@aws-sdk/client-iam';
import type { Account } from './account';
import { whereExists } from './answer';
import type { Check, Line } from './line';
import { countOf, type Resource } from './templates';

/**
 * Site-to-Site VPN keeps the keys of tunnels in Secrets Manager by this role. Its documentation names the creation of
 * the role for gateways with certificates only ("Using service-linked roles for Site-to-Site VPN").
 */
const tunnelRole = { name: 'AWSServiceRoleForVPCS2SVPN', service: 's2svpn.amazonaws.com', type: 'AWS::EC2::VPNConnection' } as const;

export function serviceRoleCheck({ iam }: Account, resources: readonly Resource[]): Check {
  const { name, service, type } = tunnelRole;
  const run = async (): Promise<readonly Line[]> => {
    if (countOf(resources, type) === 0) return [];
    const answer = await whereExists(iam.send(new GetRoleCommand({ RoleName: name })), /^NoSuchEntity(?:Exception)?$/);
    const ready = answer?.Role !== undefined;
    return [
      {
        check: `service-linked role ${name}`,
        verdict: ready ? 'ready' : 'change',
        found: ready ? 'a role' : 'no role',
        wanted: 'the role by which Site-to-Site VPN stores the keys of tunnels',
        command: ready ? `aws iam get-role --role-name ${name}` : `aws iam create-service-linked-role --aws-service-name ${service}`,
      },
    ];
  };
  return { name: 'service-linked roles', run };
}
