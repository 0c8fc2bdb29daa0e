// Closes what a security group of the VPC opens to the internet, except ports 80 and 443 of the proxies.
import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';
import { authorOf, type Change } from './author';
import { isProxyRule, isWide, rangesOf, ruleText } from './open-rules';

/** The calls to EC2 that the function makes. */
export interface SecurityGroups {
  /** Ids of all security groups of the VPC. */
  ids(): Promise<readonly string[]>;
  /** The inbound rules of groups. Groups that no longer exist have none. */
  ingressOf(groups: readonly string[]): Promise<readonly SecurityGroupRule[]>;
  /** One rule as it is at present; undefined if it does not exist. */
  rule(id: string): Promise<SecurityGroupRule | undefined>;
  /** The ranges of a prefix list. */
  entriesOf(list: string): Promise<readonly string[]>;
  /** Revokes one rule; false if it does not exist. */
  revoke(group: string, rule: string): Promise<boolean>;
}

/**
 * Looks at all rules, whatever event started the run, and revokes those that admit the internet, each by its id. A
 * rule is read again just before it is revoked: one that was narrowed meanwhile stays. A rule that disappears is fine.
 * A failure is reported in `unseen` and does not prevent the rest; the next run repeats it. (DSS-5.6.3)
 */
export async function closeOpenPorts(groups: SecurityGroups, proxyGroup: string, change?: Change): Promise<ProbeResult> {
  const findings: ProbeFinding[] = [];
  const unseen: string[] = [];
  const attempt = async <Result>(resource: string, work: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work();
    } catch (error) {
      unseen.push(`${resource}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
      return undefined;
    }
  };
  const ids = (await attempt('security groups', () => groups.ids())) ?? [];
  const rules = (await attempt('rules', () => groups.ingressOf(ids))) ?? [];
  const world = new OpenRules(groups, proxyGroup);
  for (const rule of rules) {
    const closed = await attempt(`rule ${rule.SecurityGroupRuleId}`, () => close(rule, groups, world));
    if (closed) findings.push(openFinding(closed, change));
  }
  return { looked: { groups: ids.length, rules: rules.length }, findings, unseen };
}

/** Judges rules of one run; reads each prefix list once. */
class OpenRules {
  private readonly lists = new Map<string, Promise<readonly string[]>>();

  constructor(
    private readonly groups: SecurityGroups,
    private readonly proxyGroup: string,
  ) {}

  /** Whether a rule admits the internet where it must not. */
  async has(rule: SecurityGroupRule): Promise<boolean> {
    if (rule.IsEgress || isProxyRule(rule, this.proxyGroup)) return false;
    const listed = rule.PrefixListId === undefined ? [] : await this.entriesOf(rule.PrefixListId);
    return [...rangesOf(rule), ...listed].some(isWide);
  }

  private entriesOf(list: string): Promise<readonly string[]> {
    const entries = this.lists.get(list) ?? this.groups.entriesOf(list);
    this.lists.set(list, entries);
    return entries;
  }
}

/** The rule as it was revoked; undefined for one that stays, and for one that another run or person removed. */
async function close(found: SecurityGroupRule, groups: SecurityGroups, open: OpenRules): Promise<SecurityGroupRule | undefined> {
  if (!(await open.has(found))) return undefined;
  const rule = await groups.rule(found.SecurityGroupRuleId ?? '');
  if (rule === undefined || !(await open.has(rule))) return undefined;
  return (await groups.revoke(rule.GroupId ?? '', rule.SecurityGroupRuleId ?? '')) ? rule : undefined;
}

function openFinding(rule: SecurityGroupRule, change: Change | undefined): ProbeFinding {
  const { SecurityGroupRuleId: id, GroupId: group, PrefixListId: list } = rule;
  const author = authorOf(change, id, list) ?? authorOf(change, group) ?? 'an unknown caller: the line of the event follows in this log';
  return {
    id: `open::${id}`,
    resource: `${group}, rule ${id}`,
    found: `${ruleText(rule)}, opened by ${author}`,
    required: 'no range wider than one network, except TCP 80 and 443 of the proxies',
    fix: 'The function has revoked the rule. Find the reason for the call, and open an incident.',
  };
}
