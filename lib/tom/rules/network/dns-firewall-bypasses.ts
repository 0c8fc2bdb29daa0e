// Rules that admit names before the rules of the deployment are evaluated.

import type { Added, Bypass } from '../../rule';
import type { Json, ResourceJson } from '../../template/assembly';
import { dnsAssociationType, dnsFirewallConfigType, dnsRuleGroupType, domainListType } from '../../template/resource-types';
import { newResource } from '../bypass';

const association = (vpc: Json, FirewallRuleGroupId: Json): ResourceJson =>
  newResource(dnsAssociationType, { VpcId: vpc, Priority: 101, FirewallRuleGroupId });

/** A rule group with one rule, evaluated before the others. */
const groupOf = (vpc: string, rule: Record<string, Json>): Added => ({
  Group: newResource(dnsRuleGroupType, { FirewallRules: [{ Priority: 1, Action: 'ALLOW', ...rule }] }),
  First: association({ Ref: vpc }, { 'Fn::GetAtt': ['Group', 'Id'] }),
});

const everyName = newResource(domainListType, { Domains: ['*'] });

export const unfilteredNames: readonly Bypass[] = [
  ...['ALLOW', 'ALERT'].map(
    (Action): Bypass => ({
      name: `a second rule group with the action ${Action} for every name`,
      resources: ({ logicalId }) => ({
        Names: everyName,
        ...groupOf(logicalId, { Action, FirewallDomainListId: { 'Fn::GetAtt': ['Names', 'Id'] } }),
      }),
    }),
  ),
  {
    name: 'a second rule group with a domain list outside the deployment',
    resources: ({ logicalId }) => groupOf(logicalId, { FirewallDomainListId: 'rslvr-fdl' }),
  },
  {
    name: 'a rule group outside the deployment',
    resources: ({ logicalId }) => ({ First: association({ Ref: logicalId }, 'rslvr-frg') }),
  },
  {
    name: 'an association of an unresolvable VPC',
    resources: { First: association('{{resolve:ssm:/vpc}}', 'rslvr-frg') },
  },
  {
    name: 'a second configuration that fails open',
    resources: ({ logicalId }) => ({
      Open: newResource(dnsFirewallConfigType, { ResourceId: { Ref: logicalId }, FirewallFailOpen: 'ENABLED' }),
    }),
  },
];
