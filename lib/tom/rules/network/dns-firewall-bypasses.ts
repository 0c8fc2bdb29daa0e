// DNS firewalls beside that of the house, which let names pass before it is asked.

import type { Added, Bypass } from '../../rule';
import type { Json, ResourceJson } from '../../template/assembly';
import { newResource } from '../bypass';

const association = (vpc: Json, FirewallRuleGroupId: Json): ResourceJson =>
  newResource('AWS::Route53Resolver::FirewallRuleGroupAssociation', { VpcId: vpc, Priority: 101, FirewallRuleGroupId });

/** A rule group of one rule, asked before the others. */
const groupOf = (vpc: string, rule: Record<string, Json>): Added => ({
  Group: newResource('AWS::Route53Resolver::FirewallRuleGroup', { FirewallRules: [{ Priority: 1, Action: 'ALLOW', ...rule }] }),
  First: association({ Ref: vpc }, { 'Fn::GetAtt': ['Group', 'Id'] }),
});

const everyName = newResource('AWS::Route53Resolver::FirewallDomainList', { Domains: ['*'] });

export const unfilteredNames: readonly Bypass[] = [
  ...['ALLOW', 'ALERT'].map(
    (Action): Bypass => ({
      name: `another rule group that says ${Action} to every name`,
      resources: ({ logicalId }) => ({
        Names: everyName,
        ...groupOf(logicalId, { Action, FirewallDomainListId: { 'Fn::GetAtt': ['Names', 'Id'] } }),
      }),
    }),
  ),
  {
    name: 'another rule group with a list from elsewhere',
    resources: ({ logicalId }) => groupOf(logicalId, { FirewallDomainListId: 'rslvr-fdl' }),
  },
  {
    name: 'a rule group from elsewhere',
    resources: ({ logicalId }) => ({ First: association({ Ref: logicalId }, 'rslvr-frg') }),
  },
  {
    name: 'an association of a VPC that the template does not tell',
    resources: { First: association('{{resolve:ssm:/vpc}}', 'rslvr-frg') },
  },
  {
    name: 'another configuration, which fails open',
    resources: ({ logicalId }) => ({
      Open: newResource('AWS::Route53Resolver::FirewallConfig', { ResourceId: { Ref: logicalId }, FirewallFailOpen: 'ENABLED' }),
    }),
  },
];
