// The firewall of the way out: its policy as the service stores it.
import { DescribeFirewallPolicyCommand } from '@aws-sdk/client-network-firewall';
import { whereExists } from '../answer';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';
import { ofType, type Resource, resolveText } from '../templates';

const actionsOf = (actions: unknown): string => [...((actions ?? []) as readonly string[])].sort().join(', ') || 'none';

/**
 * A default action besides those of the template would drop handshakes that span two packets, or let others pass.
 * (TOM-6.6)
 */
export function firewallPolicyCheck({ account: { firewall, region }, resources, pseudo }: Deployment): Check {
  const lineOf = async ({ properties }: Resource): Promise<Line> => {
    const FirewallPolicyName = resolveText(properties.FirewallPolicyName, pseudo) ?? '';
    const check = `default actions of the firewall policy ${FirewallPolicyName}`;
    const { StatefulDefaultActions: actions } = properties.FirewallPolicy as { readonly StatefulDefaultActions?: readonly string[] };
    const wanted = actionsOf(actions);
    const command = `aws network-firewall describe-firewall-policy --firewall-policy-name ${FirewallPolicyName} --region ${region}`;
    const call = firewall.send(new DescribeFirewallPolicyCommand({ FirewallPolicyName }));
    const answer = await whereExists(call, /^ResourceNotFound/);
    if (answer === undefined) return laterLine(check, wanted, command);
    const found = actionsOf(answer.FirewallPolicy?.StatefulDefaultActions);
    return { check, verdict: found === wanted ? 'ready' : 'change', found, wanted, command };
  };
  return { name: 'firewall policy', run: () => Promise.all(ofType(resources, 'AWS::NetworkFirewall::FirewallPolicy').map(lineOf)) };
}
