// Resource policies of CloudWatch Logs: the vended logs that the deliveries of the account may write.
import type { DeploymentFacts } from '../template/assembly';
import { type Declaration, declare } from './declaration';
import { by, jsonText } from './form';
import { hasFirewall, hasManagementVpn } from './network-addresses';
import { admitsLogDelivery, policyDocument } from './statements';

/** Without such a policy, AWS writes one of its own for each delivery ("Logs that require additional permissions"). */
const logDelivery = (
  name: string,
  policyName: string,
  groups: (facts: DeploymentFacts) => readonly string[],
  when?: (facts: DeploymentFacts) => boolean,
): Declaration =>
  declare(
    'AWS::Logs::ResourcePolicy',
    name,
    {
      PolicyDocument: by(({ facts }) => {
        const arns = groups(facts).map((group) => `\${${group}.Arn}`);
        const resources = arns.length === 1 ? (arns[0] as string) : arns;
        return jsonText(policyDocument(admitsLogDelivery({ actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources })));
      }),
      PolicyName: policyName,
    },
    when ? { when } : {},
  );

export const logDeliveryDeclarations: readonly Declaration[] = [
  logDelivery(
    'access/ManagementVpnDeliveryResourcePolicy',
    '<deployment>-tunnel-log-delivery',
    () => ['access/ManagementVpnTunnels'],
    hasManagementVpn,
  ),
  logDelivery('edge/FirewallDeliveryResourcePolicy', '<deployment>-edge-log-delivery', () => ['edge/FirewallLog']),
  logDelivery('network/LogDeliveryResourcePolicy', '<deployment>-network-log-delivery', (facts) => [
    'network/DnsQueries',
    ...(hasFirewall(facts) ? ['network/FirewallAlerts', 'network/FirewallFlows'] : []),
  ]),
];
