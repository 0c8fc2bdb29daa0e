// Random sequences of changes of security groups, events and sweeps against a stateful mock of EC2, with duplicates,
// reordering, failures and throttling, compared with a model of the promise.
import { type DescribeSecurityGroupRulesCommand, EC2Client, type SecurityGroupRule } from '@aws-sdk/client-ec2';
import fc from 'fast-check';
import { authorOf, changeOf } from '../../../../lambda/access/open-port-guard/author';
import { ec2Groups } from '../../../../lambda/access/open-port-guard/ec2-groups';
import { closeOpenPorts, type SecurityGroups } from '../../../../lambda/access/open-port-guard/guard';
import { isProxyRule, isWide, ruleText } from '../../../../lambda/access/open-port-guard/open-rules';
import { reachOf } from '../../../../lib/tom/template/addresses';

const runs = 3000;
const seed = 1306;
const proxies = 'sg-0f';

/** The mocked region: rules by id, prefix lists, and the failures of calls to come. */
interface Ec2 {
  readonly groups: Set<string>;
  readonly rules: Map<string, SecurityGroupRule>;
  readonly lists: Map<string, readonly string[]>;
  readonly faults: boolean[];
  readonly revoked: SecurityGroupRule[];
  /** Called between the list of rules and the second look at one: a person acts meanwhile. */
  meanwhile: () => void;
}

const newEc2 = (): Ec2 => ({ groups: new Set(), rules: new Map(), lists: new Map(), faults: [], revoked: [], meanwhile: () => undefined });

function mocked(ec2: Ec2): SecurityGroups {
  const call = async <Result>(effect: () => Result): Promise<Result> => {
    if (ec2.faults.shift()) throw Object.assign(new Error('Request limit exceeded.'), { name: 'RequestLimitExceeded' });
    return effect();
  };
  return {
    ids: () => call(() => [...ec2.groups]),
    ingressOf: (groups) => call(() => [...ec2.rules.values()].filter(({ GroupId = '' }) => groups.includes(GroupId))),
    rule: (id) => {
      ec2.meanwhile();
      return call(() => ec2.rules.get(id));
    },
    entriesOf: (list) => call(() => ec2.lists.get(list) ?? []),
    revoke: (_, id) =>
      call(() => {
        const rule = ec2.rules.get(id);
        if (rule) ec2.revoked.push(rule);
        return ec2.rules.delete(id);
      }),
  };
}

/** The model: a wide range, or a list with one, except TCP 80 and 443 of the proxies. */
function isOpen(ec2: Ec2, { GroupId, IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId }: SecurityGroupRule): boolean {
  const isProxy = GroupId === proxies && IpProtocol === 'tcp' && FromPort === ToPort && (FromPort === 80 || FromPort === 443);
  const ranges = [CidrIpv4, CidrIpv6, ...(PrefixListId ? (ec2.lists.get(PrefixListId) ?? []) : [])].filter((range) => range !== undefined);
  return !isProxy && ranges.some((range) => reachOf(range) === 'world');
}

const cidrs = {
  wide: [
    '0.0.0.0/0',
    '::/0',
    '0.0.0.0/1',
    '128.0.0.0/1',
    '8000::/1',
    '203.0.0.0/8',
    '198.51.0.0/16',
    '10.0.0.0/7',
    '2001:db8::/32',
    '203.0.112.0/23',
  ],
  narrow: ['203.0.113.7/32', '198.51.100.0/24', '10.0.0.0/8', '172.16.0.0/12', '192.168.4.0/22', '2001:db8:1::/48', 'fd00::/8'],
} as const;
const anyCidr = fc.constantFrom(...cidrs.wide, ...cidrs.narrow);
const ports = fc.constantFrom<[string, number, number]>(
  ['tcp', 80, 80],
  ['tcp', 443, 443],
  ['tcp', 22, 22],
  ['tcp', 0, 65_535],
  ['tcp', 80, 443],
  ['udp', 443, 443],
  ['-1', -1, -1],
  ['icmp', -1, -1],
);
const groupIds = fc.constantFrom(proxies, 'sg-0a', 'sg-0b');
const listIds = fc.constantFrom('pl-01', 'pl-02');
const ruleIds = fc.integer({ min: 1, max: 6 }).map((number) => `sgr-0${number}`);

const source = fc.oneof(
  anyCidr.map((cidr) => (cidr.includes(':') ? { CidrIpv6: cidr } : { CidrIpv4: cidr })),
  listIds.map((list) => ({ PrefixListId: list })),
  fc.constant({ ReferencedGroupInfo: { GroupId: 'sg-0a' } }),
);
const anyRule: fc.Arbitrary<SecurityGroupRule> = fc
  .record({ id: ruleIds, group: groupIds, ports, source })
  .map(({ id, group, ports: [IpProtocol, FromPort, ToPort], source: from }) => ({
    ...{ SecurityGroupRuleId: id, GroupId: group, IsEgress: false, IpProtocol, FromPort, ToPort },
    ...from,
  }));

const steps = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('authorize' as const), rule: anyRule }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('modify' as const), rule: anyRule }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoke' as const), id: ruleIds }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('list' as const), list: listIds, entries: fc.array(anyCidr, { maxLength: 3 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('run' as const), times: fc.integer({ min: 1, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('faults' as const), list: fc.array(fc.boolean(), { maxLength: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('meanwhile' as const), rule: anyRule }) },
);

function put(ec2: Ec2, rule: SecurityGroupRule): void {
  ec2.groups.add(rule.GroupId ?? '');
  ec2.rules.set(rule.SecurityGroupRuleId ?? '', rule);
}

/** One run, which checks that nothing but open rules is revoked. */
async function run(ec2: Ec2): Promise<boolean> {
  ec2.revoked.length = 0;
  const { findings, unseen } = await closeOpenPorts(mocked(ec2), proxies);
  for (const rule of ec2.revoked) expect(isOpen(ec2, rule)).toBe(true);
  expect(findings.map(({ id }) => id)).toEqual(ec2.revoked.map(({ SecurityGroupRuleId }) => `open::${SecurityGroupRuleId}`));
  return unseen.length === 0;
}

const openIn = (ec2: Ec2): readonly SecurityGroupRule[] => [...ec2.rules.values()].filter((rule) => isOpen(ec2, rule));

test(`${runs} sequences: no rule is revoked that is not open, and no open rule outlives a complete run`, async () => {
  let closed = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 5, maxLength: 30, size: 'max' }), async (sequence) => {
      const ec2 = newEc2();
      for (const step of sequence) {
        if (step.kind === 'authorize') put(ec2, step.rule);
        else if (step.kind === 'modify' && ec2.rules.has(step.rule.SecurityGroupRuleId ?? '')) put(ec2, step.rule);
        else if (step.kind === 'revoke') ec2.rules.delete(step.id);
        else if (step.kind === 'list') ec2.lists.set(step.list, step.entries);
        else if (step.kind === 'faults') ec2.faults.push(...step.list);
        else if (step.kind === 'meanwhile') {
          ec2.meanwhile = () => {
            ec2.meanwhile = () => undefined;
            put(ec2, step.rule);
          };
        } else if (step.kind === 'run') {
          // Events arrive in any order and more than once; each run looks at the state.
          for (let time = 0; time < step.times; time++) {
            const acts = ec2.meanwhile;
            const isComplete = await run(ec2);
            closed += ec2.revoked.length;
            if (isComplete && acts === ec2.meanwhile) expect(openIn(ec2)).toEqual([]);
          }
        }
      }
      // Without further changes, two runs without a failure close everything.
      ec2.faults.length = 0;
      await run(ec2);
      await run(ec2);
      expect(openIn(ec2)).toEqual([]);
      const kept = [...ec2.rules.values()];
      await run(ec2);
      expect([...ec2.rules.values()]).toEqual(kept);
    }),
    { numRuns: runs, seed },
  );
  console.info(`open ports: ${runs} sequences, ${closed} rules revoked before the last runs`);
  expect(closed).toBeGreaterThan(1000);
}, 120_000);

test('two runs at once revoke each rule once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(anyRule, { maxLength: 6 }), async (scheduler, rules) => {
      const ec2 = newEc2();
      for (const rule of rules) put(ec2, rule);
      const open = openIn(ec2).length;
      const groups = mocked(ec2);
      const slow = Object.fromEntries(
        Object.entries(groups).map(([name, call]) => [
          name,
          async (...given: never[]) => {
            await scheduler.schedule(Promise.resolve());
            return (call as (...all: never[]) => unknown)(...given);
          },
        ]),
      ) as unknown as SecurityGroups;
      const results = await scheduler.waitFor(Promise.all([closeOpenPorts(slow, proxies), closeOpenPorts(slow, proxies)]));
      expect(results.flatMap(({ unseen }) => unseen)).toEqual([]);
      expect(results.flatMap(({ findings }) => findings)).toHaveLength(open);
      expect(openIn(ec2)).toEqual([]);
    }),
    { numRuns: 500, seed },
  );
}, 60_000);

test('a range is wide exactly where the rules of the templates call it the world', () => {
  const ipv4 = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([address, prefix]) => `${address}/${prefix}`);
  const privates = fc
    .tuple(
      fc.constantFrom('10.0.0.0', '172.16.0.0', '172.31.0.0', '172.32.0.0', '192.168.0.0', '192.169.0.0'),
      fc.integer({ min: 0, max: 32 }),
    )
    .map(([address, prefix]) => `${address}/${prefix}`);
  const ipv6 = fc
    .tuple(
      fc.constantFrom('::', '2001:db8::', 'fc00::', 'fd12:3456::', 'fe80::', '8000::', 'fb00::', 'fe00::'),
      fc.integer({ min: 0, max: 128 }),
    )
    .map(([address, prefix]) => `${address}/${prefix}`);
  fc.assert(
    fc.property(fc.oneof(ipv4, privates, ipv6), (cidr) => expect(isWide(cidr)).toBe(reachOf(cidr) === 'world')),
    { numRuns: 5000, seed },
  );
  for (const text of ['', 'x', '10.0.0.0', '10.0.0.0/8/8', '10.0.0.0/', '10.0.0/8']) expect(isWide(text)).toBe(true);
});

test('only TCP 80 and 443 of the proxies are theirs: no range of ports, no other protocol, no other group', () => {
  const rule = { GroupId: proxies, IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
  expect([rule, { ...rule, FromPort: 80, ToPort: 80 }, { ...rule, IpProtocol: '6' }].every((one) => isProxyRule(one, proxies))).toBe(true);
  const others = [
    { GroupId: 'sg-0a' },
    { IpProtocol: 'udp' },
    { IpProtocol: '-1' },
    { FromPort: 80 },
    { FromPort: 22, ToPort: 22 },
    { ToPort: 444 },
  ];
  expect(others.filter((other) => isProxyRule({ ...rule, ...other }, proxies))).toEqual([]);
});

test('a rule in words names protocol, ports and source', () => {
  expect(ruleText({ IpProtocol: '-1', FromPort: -1, ToPort: -1, CidrIpv6: '::/0' })).toBe('all traffic from ::/0');
  expect(ruleText({ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, CidrIpv4: '0.0.0.0/0' })).toBe('tcp 22 from 0.0.0.0/0');
  expect(ruleText({ IpProtocol: 'udp', FromPort: 1, ToPort: 9, PrefixListId: 'pl-1' })).toBe('udp 1-9 from pl-1');
});

const event = (detail: object) => ({
  'detail-type': 'AWS API Call via CloudTrail',
  detail: {
    eventTime: '2026-11-29T10:00:00Z',
    eventName: 'AuthorizeSecurityGroupIngress',
    userIdentity: { arn: 'arn:aws:sts::111111111111:assumed-role/admin/ada' },
    sourceIPAddress: '203.0.113.7',
    ...detail,
  },
});

test('the author is the caller of the call that names the rule, of one that succeeded', () => {
  const response = { securityGroupRuleSet: { items: [{ securityGroupRuleId: 'sgr-01', groupId: 'sg-0a' }] } };
  const change = changeOf(event({ requestParameters: { groupId: 'sg-0a' }, responseElements: response }));
  expect(change?.ids).toEqual(['sg-0a', 'sgr-01']);
  const words =
    'arn:aws:sts::111111111111:assumed-role/admin/ada from 203.0.113.7 by AuthorizeSecurityGroupIngress at 2026-11-29T10:00:00Z';
  expect(authorOf(change, 'sgr-01')).toBe(words);
  expect(authorOf(change, 'sgr-02', undefined)).toBeUndefined();
  expect(
    authorOf(changeOf(event({ errorCode: 'Client.UnauthorizedOperation', requestParameters: { groupId: 'sg-0a' } })), 'sg-0a'),
  ).toBeUndefined();
});

test('an event without a record of a call, and a record without a caller, are read too', () => {
  for (const other of [undefined, null, {}, { detail: null }, { detail: [] }, { 'detail-type': 'Scheduled Event', detail: {} }]) {
    expect(changeOf(other)).toBeUndefined();
  }
  expect(changeOf({ detail: { eventName: 'CreateSecurityGroup' } })).toEqual({
    ...{ call: 'CreateSecurityGroup', by: 'unknown', from: 'unknown', at: 'unknown', ids: [] },
  });
});

test('the rules of all groups are read, in filters of at most 200 groups', async () => {
  const filters: string[][] = [];
  const send = async ({ input }: DescribeSecurityGroupRulesCommand) => {
    filters.push([...(input.Filters?.[0]?.Values ?? [])]);
    return { SecurityGroupRules: [{ SecurityGroupRuleId: `sgr-${filters.length}` }] };
  };
  const groups = Array.from({ length: 450 }, (_, index) => `sg-${index}`);
  const found = await ec2Groups(Object.assign(new EC2Client({ region: 'eu-west-3' }), { send }), 'vpc-01').ingressOf(groups);
  expect(filters.flat()).toEqual(groups);
  expect(filters.map(({ length }) => length)).toEqual([200, 200, 50]);
  expect(found).toHaveLength(3);
});
