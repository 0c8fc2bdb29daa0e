// TOM-4.11: where Cloudflare is declared in front, public load balancers admit its addresses and its client certificate alone.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace, set } from '../../rule';
import { ingressOf } from '../../template/access-lists';
import { type Assembly, listOf, type Resource, valueAt } from '../../template/assembly';
import { balancerType, isEncrypted, isPublic, isPublicListener, listenerType } from '../../template/load-balancers';
import { rulesOf, webAclBefore } from '../../template/web-acls';

const groupType = 'AWS::EC2::SecurityGroup';
const ingressType = 'AWS::EC2::SecurityGroupIngress';
const listType = 'AWS::EC2::PrefixList';
const trustStoreType = 'AWS::ElasticLoadBalancingV2::TrustStore';

/** Header in which Cloudflare tells the address of the visitor. */
const header = 'cf-connecting-ip';

/**
 * Ranges that Cloudflare publishes (https://www.cloudflare.com/ips), written here too, so that the rule objects to another list in the
 * code. A range that Cloudflare adds is added in both places.
 */
const published = new Set([
  ...['103.21.244.0/22', '103.22.200.0/22', '103.31.4.0/22', '104.16.0.0/13', '104.24.0.0/14', '108.162.192.0/18', '131.0.72.0/22'],
  ...['141.101.64.0/18', '162.158.0.0/15', '172.64.0.0/13', '173.245.48.0/20', '188.114.96.0/20', '190.93.240.0/20'],
  ...['197.234.240.0/22', '198.41.128.0/17'],
  ...['2400:cb00::/32', '2405:8100::/32', '2405:b500::/32', '2606:4700::/32', '2803:f800::/32', '2a06:98c0::/29', '2c0f:f248::/32'],
]);

export const cloudflareOnly: Rule = {
  name: 'cloudflare-only',
  requires:
    "with Cloudflare declared, public load balancers admit its published ranges alone, verify its client certificate, and count requests by the visitor's address that it tells; without it, nobody's word is taken for that address",
  types: [balancerType, listenerType],
  check(resource, assembly) {
    if (resource.type === listenerType)
      return isConcerned(resource, assembly) ? clientCertificateFindings(resource, assembly) : 'not-applicable';
    if (!isPublic(resource)) return 'not-applicable';
    return [...(assembly.facts.cloudflare ? addressFindings(resource, assembly) : []), ...rateKeyFindings(resource, assembly)];
  },
  guards: [
    guardWhere(listenerType, isConcerned, 'Properties.MutualAuthentication', remove),
    guardWhere(listenerType, isConcerned, 'Properties.MutualAuthentication.Mode', replace('off'), replace('passthrough')),
    guardWhere(listenerType, isConcerned, 'Properties.MutualAuthentication.TrustStoreArn', remove, replace('arn:aws:other')),
    guardWhere(listenerType, isConcerned, 'Properties.MutualAuthentication.IgnoreClientCertificateExpiry', set(true)),
    guardWhere(listType, (_, { facts }) => facts.cloudflare === true, 'Properties.Entries.0.Cidr', replace('203.0.113.0/24')),
    guard('AWS::WAFv2::WebACL', ratePaths('AggregateKeyType'), replace('CONSTANT')),
    guard('AWS::WAFv2::WebACL', ratePaths('ForwardedIPConfig'), set({ HeaderName: 'X-Forwarded-For', FallbackBehavior: 'NO_MATCH' })),
  ],
  reads: [
    ...['Scheme', 'SecurityGroups'].map((name) => ({ type: balancerType, path: `Properties.${name}` })),
    ...['Protocol', 'LoadBalancerArn', 'MutualAuthentication'].map((name) => ({ type: listenerType, path: `Properties.${name}` })),
    { type: groupType, path: 'Properties.SecurityGroupIngress' },
    { type: ingressType, path: 'Properties' },
    { type: listType, path: 'Properties.Entries' },
    { type: 'AWS::WAFv2::WebACL', path: 'Properties.Rules' },
    ...['ResourceArn', 'WebACLArn'].map((name) => ({ type: 'AWS::WAFv2::WebACLAssociation', path: `Properties.${name}` })),
  ],
};

function isConcerned(listener: Resource, assembly: Assembly): boolean {
  return isEncrypted(listener) && isBehindCloudflare(listener, assembly);
}

function isBehindCloudflare(listener: Resource, assembly: Assembly): boolean {
  return assembly.facts.cloudflare === true && isPublicListener(listener, assembly);
}

function clientCertificateFindings(listener: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'MutualAuthentication';
  const store = assembly.target(listener.at(`${path}.TrustStoreArn`), listener.stack);
  const expired = listener.at(`${path}.IgnoreClientCertificateExpiry`);
  const verified =
    listener.at(`${path}.Mode`) === 'verify' && store?.type === trustStoreType && (expired === undefined || expired === false);
  if (verified) return [];
  const fix = 'Name the file of the authority in edge.cloudflare.clientCa.';
  return [finding(listener, 'certificate', `Properties.${path}`, 'Mode verify with a trust store of the deployment', fix)];
}

function addressFindings(balancer: Resource, assembly: Assembly): readonly Finding[] {
  const groups = listOf(balancer.at('SecurityGroups')).map((value) => assembly.target(value, balancer.stack));
  const strangers = groups.flatMap((group) => (group?.type === groupType ? admissionsOf(group, assembly) : ['an unknown security group']));
  const fix = "Admit nothing but the prefix lists of Cloudflare's ranges.";
  return strangers.map((who) => finding(balancer, `admits::${who}`, 'Properties.SecurityGroups', 'published ranges of Cloudflare', fix));
}

/** Whom a group admits besides Cloudflare. */
function admissionsOf(group: Resource, assembly: Assembly): readonly string[] {
  const separate = assembly.ofType(ingressType).filter((ingress) => assembly.refersTo(ingress.at('GroupId'), ingress, group));
  return [group, ...separate].flatMap((holder) =>
    ingressOf(holder, assembly).flatMap(({ json }) => {
      const list = assembly.target(json.SourcePrefixListId, holder.stack);
      const ranges = list?.type === listType ? listOf(list.at('Entries')).map((entry) => valueAt(entry, 'Cidr')) : [];
      const byListAlone = ['CidrIp', 'CidrIpv6', 'SourceSecurityGroupId', 'SourceSecurityGroupName'].every(
        (name) => json[name] === undefined,
      );
      if (!byListAlone || ranges.length === 0) return [String(json.CidrIp ?? json.CidrIpv6 ?? 'others')];
      return ranges.map(String).filter((range) => !published.has(range));
    }),
  );
}

/** By the connection; behind Cloudflare, by what it tells, where a request that tells nothing is refused. */
function rateKeyFindings(balancer: Resource, assembly: Assembly): readonly Finding[] {
  const acl = webAclBefore(balancer, assembly);
  if (!acl) return [];
  const { cloudflare = false } = assembly.facts;
  return rulesOf(acl).flatMap(({ path, json }) => {
    const rate = valueAt(json, 'Statement.RateBasedStatement');
    if (rate === undefined) return [];
    const told = valueAt(rate, 'ForwardedIPConfig');
    const right = cloudflare
      ? valueAt(rate, 'AggregateKeyType') === 'FORWARDED_IP' &&
        String(valueAt(told, 'HeaderName')).toLowerCase() === header &&
        valueAt(told, 'FallbackBehavior') === 'MATCH'
      : valueAt(rate, 'AggregateKeyType') === 'IP' && told === undefined;
    const required = cloudflare ? `FORWARDED_IP by ${header}, with fallback MATCH` : 'IP, by the address of the connection';
    return right ? [] : [finding(balancer, `counted::${path}`, path, required, 'Build WebFirewall with the settings of edge.')];
  });
}

function ratePaths(below: string): (acl: Resource) => readonly string[] {
  return (acl) =>
    rulesOf(acl)
      .filter(({ json }) => valueAt(json, 'Statement.RateBasedStatement') !== undefined)
      .map(({ path }) => `${path}.Statement.RateBasedStatement.${below}`);
}
