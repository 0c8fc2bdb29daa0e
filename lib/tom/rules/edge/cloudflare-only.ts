// TOM-4.11: where Cloudflare is declared, public load balancers admit its addresses and its client certificate only.

import { type Finding, finding, guard, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { ingressOf } from '../../template/access-lists';
import { type Assembly, listOf, type Resource, valueAt } from '../../template/assembly';
import { cloudflareAddressHeader, cloudflareRanges } from '../../template/client-address';
import { isPublic, isPublicHttps } from '../../template/load-balancers';
import {
  balancerType,
  ingressType,
  listenerType,
  prefixListType,
  securityGroupType,
  webAclAssociationType,
  webAclType,
} from '../../template/resource-types';
import { rulesOf, webAclBefore } from '../../template/web-acls';

const trustStoreType = 'AWS::ElasticLoadBalancingV2::TrustStore';

const knownRanges: ReadonlySet<string> = new Set([...cloudflareRanges.IPv4, ...cloudflareRanges.IPv6]);

export const cloudflareOnly: Rule = {
  name: 'cloudflare-only',
  requires: 'behind Cloudflare, public load balancers admit its ranges and client certificate only; otherwise both are off',
  types: [balancerType, listenerType],
  check(resource, assembly) {
    if (resource.type === listenerType) return listenerVerdict(resource, assembly);
    if (!isPublic(resource)) return 'not-applicable';
    return [...(assembly.facts.cloudflare ? addressFindings(resource, assembly) : []), ...rateKeyFindings(resource, assembly)];
  },
  guards: [
    guardWhere(listenerType, isBehindCloudflareWithTls, 'Properties.MutualAuthentication', remove),
    guardWhere(listenerType, isBehindCloudflareWithTls, 'Properties.MutualAuthentication.Mode', replace('off'), replace('passthrough')),
    guardWhere(listenerType, isBehindCloudflareWithTls, 'Properties.MutualAuthentication.TrustStoreArn', remove, replace('arn:aws:other')),
    guardWhere(listenerType, isBehindCloudflareWithTls, 'Properties.MutualAuthentication.IgnoreClientCertificateExpiry', set(true)),
    guardWhere(
      listenerType,
      isWithoutCloudflare,
      'Properties.MutualAuthentication',
      remove,
      replace({ Mode: 'verify', TrustStoreArn: 'x' }),
    ),
    guardWhere(
      listenerType,
      isWithoutCloudflare,
      'Properties.MutualAuthentication.Mode',
      remove,
      replace('verify'),
      replace('passthrough'),
    ),
    ...['TrustStoreArn', 'IgnoreClientCertificateExpiry', 'AdvertiseTrustStoreCaNames'].map((name) =>
      guardWhere(listenerType, isWithoutCloudflare, `Properties.MutualAuthentication.${name}`, set('on')),
    ),
    guardWhere(prefixListType, (_, { facts }) => facts.cloudflare === true, 'Properties.Entries.0.Cidr', replace('203.0.113.0/24')),
    guard(webAclType, ratePaths('AggregateKeyType'), replace('CONSTANT')),
    guard(webAclType, ratePaths('ForwardedIPConfig'), set({ HeaderName: 'X-Forwarded-For', FallbackBehavior: 'NO_MATCH' })),
  ],
  reads: [
    ...['Scheme', 'SecurityGroups'].map((name) => ({ type: balancerType, path: `Properties.${name}` })),
    ...['Protocol', 'LoadBalancerArn', 'MutualAuthentication'].map((name) => ({ type: listenerType, path: `Properties.${name}` })),
    { type: securityGroupType, path: 'Properties.SecurityGroupIngress' },
    { type: ingressType, path: 'Properties' },
    { type: prefixListType, path: 'Properties.Entries' },
    { type: webAclType, path: 'Properties.Rules' },
    ...['ResourceArn', 'WebACLArn'].map((name) => ({ type: webAclAssociationType, path: `Properties.${name}` })),
  ],
};

function isBehindCloudflareWithTls(listener: Resource, assembly: Assembly): boolean {
  return assembly.facts.cloudflare === true && isPublicHttps(listener, assembly);
}

function isWithoutCloudflare(listener: Resource, assembly: Assembly): boolean {
  return assembly.facts.cloudflare !== true && isPublicHttps(listener, assembly);
}

function listenerVerdict(resource: Resource, assembly: Assembly): Verdict {
  if (!isPublicHttps(resource, assembly)) return 'not-applicable';
  return assembly.facts.cloudflare ? clientCertificateFindings(resource, assembly) : noCertificateFindings(resource);
}

/**
 * CloudFormation does not reset a property that a template omits: only `off` turns off the client certificate of
 * Cloudflare.
 */
function noCertificateFindings(listener: Resource): readonly Finding[] {
  if (JSON.stringify(listener.at('MutualAuthentication')) === JSON.stringify({ Mode: 'off' })) return [];
  const fix = 'Create Listeners without a client authority; it sets the mode off.';
  return [finding(listener, 'certificate', 'Properties.MutualAuthentication', 'Mode off only', fix)];
}

function clientCertificateFindings(listener: Resource, assembly: Assembly): readonly Finding[] {
  const path = 'MutualAuthentication';
  const store = assembly.target(listener.at(`${path}.TrustStoreArn`), listener.stack);
  const expired = listener.at(`${path}.IgnoreClientCertificateExpiry`);
  const verified =
    listener.at(`${path}.Mode`) === 'verify' && store?.type === trustStoreType && (expired === undefined || expired === false);
  if (verified) return [];
  const fix = 'Set edge.cloudflare.clientCa to the file of the certificate authority.';
  return [finding(listener, 'certificate', `Properties.${path}`, 'Mode verify with a trust store of the deployment', fix)];
}

function addressFindings(balancer: Resource, assembly: Assembly): readonly Finding[] {
  const groups = listOf(balancer.at('SecurityGroups')).map((value) => assembly.target(value, balancer.stack));
  const others = groups.flatMap((group) =>
    group?.type === securityGroupType ? otherSourcesOf(group, assembly) : ['an unknown security group'],
  );
  const required = 'the published address ranges of Cloudflare';
  const fix = "Admit the prefix lists of Cloudflare's ranges only.";
  return others.map((source) => finding(balancer, `admits::${source}`, 'Properties.SecurityGroups', required, fix));
}

/** The sources that a security group admits besides Cloudflare. */
function otherSourcesOf(group: Resource, assembly: Assembly): readonly string[] {
  const separate = assembly.ofType(ingressType).filter((ingress) => assembly.refersTo(ingress.at('GroupId'), ingress, group));
  return [group, ...separate].flatMap((holder) =>
    ingressOf(holder, assembly).flatMap(({ json }) => {
      const list = assembly.target(json.SourcePrefixListId, holder.stack);
      const ranges = list?.type === prefixListType ? listOf(list.at('Entries')).map((entry) => valueAt(entry, 'Cidr')) : [];
      const byListAlone = ['CidrIp', 'CidrIpv6', 'SourceSecurityGroupId', 'SourceSecurityGroupName'].every(
        (name) => json[name] === undefined,
      );
      if (!byListAlone || ranges.length === 0) return [String(json.CidrIp ?? json.CidrIpv6 ?? 'others')];
      return ranges.map(String).filter((range) => !knownRanges.has(range));
    }),
  );
}

/**
 * Rate rules count by connection address; behind Cloudflare by its address header, and requests without the header are
 * blocked.
 */
function rateKeyFindings(balancer: Resource, assembly: Assembly): readonly Finding[] {
  const acl = webAclBefore(balancer, assembly);
  if (!acl) return [];
  const { cloudflare = false } = assembly.facts;
  return rulesOf(acl).flatMap(({ path, json }) => {
    const rate = valueAt(json, 'Statement.RateBasedStatement');
    if (rate === undefined) return [];
    const forwarded = valueAt(rate, 'ForwardedIPConfig');
    const isExpected = cloudflare
      ? valueAt(rate, 'AggregateKeyType') === 'FORWARDED_IP' &&
        String(valueAt(forwarded, 'HeaderName')).toLowerCase() === cloudflareAddressHeader &&
        valueAt(forwarded, 'FallbackBehavior') === 'MATCH'
      : valueAt(rate, 'AggregateKeyType') === 'IP' && forwarded === undefined;
    const required = cloudflare ? `FORWARDED_IP by ${cloudflareAddressHeader}, with fallback MATCH` : 'IP, the address of the connection';
    return isExpected ? [] : [finding(balancer, `counted::${path}`, path, required, 'Create WebFirewall with the edge settings.')];
  });
}

function ratePaths(below: string): (acl: Resource) => readonly string[] {
  return (acl) =>
    rulesOf(acl)
      .filter(({ json }) => valueAt(json, 'Statement.RateBasedStatement') !== undefined)
      .map(({ path }) => `${path}.Statement.RateBasedStatement.${below}`);
}
