// The security groups of a VPC in EC2.
import {
  DescribeSecurityGroupRulesCommand,
  type EC2Client,
  paginateDescribeSecurityGroupRules,
  paginateDescribeSecurityGroups,
  paginateGetManagedPrefixListEntries,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { SecurityGroups } from './guard';

/** Most values of one filter ("Filtering", Amazon EC2 API Reference: 200). */
const mostValues = 200;

/** Errors for a rule or group that was removed after it was read. */
const isGone = (error: unknown): boolean => error instanceof Error && /^Invalid(?:SecurityGroupRuleId|Group)\.NotFound$/.test(error.name);

export function ec2Groups(client: EC2Client, vpc: string): SecurityGroups {
  return {
    async ids() {
      const found: string[] = [];
      for await (const { SecurityGroups: page = [] } of paginateDescribeSecurityGroups(
        { client },
        { Filters: [{ Name: 'vpc-id', Values: [vpc] }] },
      )) {
        found.push(...page.flatMap(({ GroupId }) => GroupId ?? []));
      }
      return found;
    },
    async ingressOf(groups) {
      const found: SecurityGroupRule[] = [];
      for (let at = 0; at < groups.length; at += mostValues) {
        const Filters = [{ Name: 'group-id', Values: groups.slice(at, at + mostValues) }];
        for await (const { SecurityGroupRules: page = [] } of paginateDescribeSecurityGroupRules(
          { client },
          { Filters, MaxResults: 1000 },
        )) {
          found.push(...page.filter(({ IsEgress }) => IsEgress !== true));
        }
      }
      return found;
    },
    rule: (id) =>
      unlessGone(undefined, async () => {
        const { SecurityGroupRules: found } = await client.send(new DescribeSecurityGroupRulesCommand({ SecurityGroupRuleIds: [id] }));
        return found?.[0];
      }),
    async entriesOf(list) {
      const found: string[] = [];
      for await (const { Entries = [] } of paginateGetManagedPrefixListEntries({ client }, { PrefixListId: list })) {
        found.push(...Entries.flatMap(({ Cidr }) => Cidr ?? []));
      }
      return found;
    },
    revoke: (group, rule) =>
      unlessGone(false, async () => {
        await client.send(new RevokeSecurityGroupIngressCommand({ GroupId: group, SecurityGroupRuleIds: [rule] }));
        return true;
      }),
  };
}

async function unlessGone<Result>(otherwise: Result, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (isGone(error)) return otherwise;
    throw error;
  }
}
