// The load balancer without a web ACL: where the configuration leaves hits to the firewall of Cloudflare. (TOM-4.11)
import { type Finding, finding, type ReadPath } from '../../rule';
import { type Assembly, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { dataPaths } from '../../template/hit-paths';
import { isEncrypted, listenerOf } from '../../template/load-balancers';
import { listenerRuleType, listenerType } from '../../template/resource-types';

export const uninspectedReads: readonly ReadPath[] = [
  ...['LoadBalancerArn', 'Protocol', 'DefaultActions', 'MutualAuthentication'].map((name) => ({
    type: listenerType,
    path: `Properties.${name}`,
  })),
  ...['ListenerArn', 'Actions', 'Conditions'].map((name) => ({ type: listenerRuleType, path: `Properties.${name}` })),
];

/** Without the setting every load balancer needs a web ACL; with it, one that forwards hits alone, from Cloudflare. */
export function uninspectedFindings(balancer: Resource, assembly: Assembly): readonly Finding[] {
  if (assembly.facts.settings.edge.cloudflare?.hitFirewall !== 'cloudflare') {
    const fix = 'Create WebFirewall for the load balancer.';
    return [finding(balancer, 'none', '', 'an AWS::WAFv2::WebACLAssociation with a web ACL of the deployment', fix)];
  }
  const listeners = assembly
    .ofType(listenerType)
    .filter((listener) => assembly.target(listener.at('LoadBalancerArn'), listener.stack) === balancer);
  return listeners.flatMap((listener) => [...certificateFindings(balancer, listener), ...forwardFindings(balancer, listener, assembly)]);
}

function certificateFindings(balancer: Resource, listener: Resource): readonly Finding[] {
  if (!isEncrypted(listener) || listener.at('MutualAuthentication.Mode') === 'verify') return [];
  const fix = 'Associate the web ACL, or require the client certificate of Cloudflare.';
  return [finding(balancer, `certificate::${listener.logicalId}`, '', 'a web ACL, or listeners that verify client certificates', fix)];
}

/** Everything that is no hit would reach its target without a rule of the firewall. */
function forwardFindings(balancer: Resource, listener: Resource, assembly: Assembly): readonly Finding[] {
  const rules = assembly.ofType(listenerRuleType).filter((rule) => listenerOf(rule, assembly) === listener && !isForHits(rule));
  const forwarding = [
    ...(listOf(listener.at('DefaultActions')).some(isForward) ? [listener] : []),
    ...rules.filter((rule) => listOf(rule.at('Actions')).some(isForward)),
  ];
  const required = `a web ACL, or listeners that forward ${dataPaths.join(', ')} alone`;
  const fix = 'Associate the web ACL: set edge.cloudflare.hitFirewall to both.';
  return forwarding.map(({ logicalId }) => finding(balancer, `forwards::${logicalId}`, '', required, fix));
}

/** Fixed answers and redirects reach no target. */
const isForward = (action: Json): boolean => !['fixed-response', 'redirect'].includes(String(valueAt(action, 'Type')));

/** All conditions of a rule must hold, so that one of paths limits it. */
const isForHits = (rule: Resource): boolean =>
  listOf(rule.at('Conditions')).some((condition) => {
    const paths = listOf(valueAt(condition, 'PathPatternConfig.Values'));
    return valueAt(condition, 'Field') === 'path-pattern' && paths.length > 0 && paths.every((path) => dataPaths.includes(String(path)));
  });
