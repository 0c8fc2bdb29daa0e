import { webFirewall } from '../../../../../lib/tom/rules/edge/web-firewall';
import type { JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, changed, type Resources, resource, without } from '../example';
import { aclRules, anyOf, attributes, balancerAttributes, edge, group, not, pathIs, rate, withRules } from './example-edge';

const verdict = (resources: Resources, id = 'Acl') => answers(webFirewall, resources)[id];
const core = 'AWSManagedRulesCommonRuleSet';
const sql = 'AWSManagedRulesSQLiRuleSet';
const data = anyOf('/hit.gif', '/hit', '/hits');
const geo = { GeoMatchStatement: { CountryCodes: ['FR'] } };

test('a load balancer with its web ACL complies', () => {
  expect(verdict(edge, 'Balancer')).toBe('compliant');
  expect(verdict(edge)).toBe('compliant');
});

test.each<[string, Resources]>([
  ['without an association', without(edge, 'AclOfBalancer')],
  ['with that of another', changed(edge, 'AclOfBalancer', { ResourceArn: 'arn:aws:elasticloadbalancing:other' })],
  ['with a web ACL from elsewhere', changed(edge, 'AclOfBalancer', { WebACLArn: 'arn:aws:wafv2:other' })],
])('a load balancer %s does not', (_, resources) => {
  expect(verdict(resources, 'Balancer')).toEqual(['none']);
});

test.each(['true', true, { Ref: 'Choice' }])('nor one that is passed by when the firewall does not answer: %j', (Value) => {
  const open = attributes({ ...balancerAttributes, 'waf.fail_open.enabled': Value });
  const resources = changed(edge, 'Balancer', { LoadBalancerAttributes: open });
  expect(verdict(resources, 'Balancer')).toEqual(['fail-open']);
});

test('an internal load balancer needs none', () => {
  expect(verdict(changed(without(edge, 'AclOfBalancer'), 'Balancer', { Scheme: 'internal' }), 'Balancer')).toBe('not-applicable');
});

describe('managed groups', () => {
  test.each([
    ['reputation', 'AWSManagedRulesAmazonIpReputationList'],
    ['badInputs', 'AWSManagedRulesKnownBadInputsRuleSet'],
    ['sql', sql],
  ])('%s is present and blocks matching requests', (name, id) => {
    expect(verdict(withRules({ [name]: undefined }))).toEqual([id]);
    expect(verdict(withRules({ [name]: { ...aclRules[name], OverrideAction: { Count: {} } } }))).toEqual([`${id}::override`]);
    expect(verdict(withRules({ [name]: group(7, id, { VendorName: 'Somebody' }) }))).toEqual([expect.stringMatching(/^allow::/), id]);
  });

  test('without the core rules, the rule that follows them is not missed', () => {
    expect(verdict(withRules({ core: undefined }))).toEqual([core]);
  });

  test('no rule of a group is turned down, but of the core rules to Count', () => {
    const overridden = (name: string, id: string, ActionToUse: JsonObject) =>
      withRules({ [name]: group(4, id, { RuleActionOverrides: [{ Name: 'X', ActionToUse }] }) });
    expect(verdict(overridden('badInputs', 'AWSManagedRulesKnownBadInputsRuleSet', { Count: {} }))).toEqual([
      'AWSManagedRulesKnownBadInputsRuleSet::rules',
    ]);
    expect(verdict(overridden('core', core, { Count: {} }))).toBe('compliant');
    expect(verdict(overridden('core', core, { Allow: {} }))).toEqual([`${core}::rules`]);
  });

  test('only that of SQL is kept from paths, and only from those of data', () => {
    const scoped = (name: string, id: string, ScopeDownStatement: JsonObject) =>
      withRules({ [name]: group(6, id, { ScopeDownStatement }) });
    expect(verdict(scoped('sql', sql, not(anyOf('/hit', '/hits'))))).toBe('compliant');
    expect(verdict(scoped('sql', sql, not(pathIs('/login'))))).toEqual([`${sql}::scope`]);
    expect(verdict(scoped('sql', sql, data))).toEqual([`${sql}::scope`]);
    expect(verdict(scoped('sql', sql, geo))).toEqual([`${sql}::scope`]);
    expect(verdict(scoped('reputation', 'AWSManagedRulesAmazonIpReputationList', not(data)))).toEqual([
      'AWSManagedRulesAmazonIpReputationList::scope',
    ]);
  });
});

describe('core rules that only count on paths of data', () => {
  const namespace = { LabelMatchStatement: { Scope: 'NAMESPACE', Key: 'awswaf:managed:aws:core-rule-set:' } };
  const elsewhere = (Statements: JsonObject[], rest: JsonObject = {}) =>
    verdict(withRules({ coreElsewhere: { ...aclRules.coreElsewhere, Statement: { AndStatement: { Statements } }, ...rest } }));

  test('refuse everywhere else', () => {
    expect(verdict(withRules({ coreElsewhere: undefined }))).toEqual(['core-elsewhere']);
    expect(elsewhere([namespace, not(data)])).toBe('compliant');
    expect(elsewhere([not(pathIs('/hits')), namespace])).toBe('compliant');
  });

  test.each<[string, JsonObject[], JsonObject]>([
    ['count there too', [namespace, not(data)], { Action: { Count: {} } }],
    ['precede the group', [namespace, not(data)], { Priority: 3 }],
    ['are about one label', [{ LabelMatchStatement: { Scope: 'LABEL', Key: 'awswaf:managed:aws:core-rule-set:X' } }, not(data)], {}],
    ['are about another group', [{ LabelMatchStatement: { Scope: 'NAMESPACE', Key: 'awswaf:managed:aws:other:' } }, not(data)], {}],
    ['leave out more', [namespace, not(anyOf('/hit', '/login'))], {}],
    ['are narrowed further', [namespace, not(data), geo], {}],
    ['are about paths of data', [namespace, data], {}],
  ])('but not where they %s', (_, statements, rest) => {
    expect(elsewhere(statements, rest)).toEqual(['core-elsewhere']);
  });

  test('where none is turned down, there is nothing to make up for', () => {
    expect(verdict(withRules({ core: group(4, core), coreElsewhere: undefined }))).toBe('compliant');
  });
});

describe('rate rules', () => {
  test('one for everything is enough', () => {
    const all = rate(1, {});
    const { ScopeDownStatement: _, ...statement } = (all.Statement as { RateBasedStatement: JsonObject }).RateBasedStatement;
    expect(verdict(withRules({ rateData: undefined, rateOthers: { ...all, Statement: { RateBasedStatement: statement } } }))).toBe(
      'compliant',
    );
  });

  test.each<[string, Record<string, JsonObject | undefined>, string[]]>([
    ['none for the rest', { rateOthers: undefined }, ['rate::all other paths']],
    ['none for a path that the rest leaves out', { rateData: rate(0, pathIs('/hit')) }, ['rate::/hit.gif', 'rate::/hits']],
    ['one that only counts', { rateData: { ...rate(0, data), Action: { Count: {} } } }, ['rate::/hit.gif', 'rate::/hit', 'rate::/hits']],
    ['one that limits nothing', { rateOthers: rate(1, not(data), { Limit: 2_000_000_000 }) }, ['rate::all other paths']],
    ['one without a limit', { rateOthers: rate(1, not(data), { Limit: 'many' }) }, ['rate::all other paths']],
    ['one for all addresses together', { rateOthers: rate(1, not(data), { AggregateKeyType: 'CONSTANT' }) }, ['rate::all other paths']],
    ['one for one country', { rateOthers: rate(1, geo) }, ['rate::all other paths']],
    [
      'one for paths that begin like a path of data',
      {
        rateData: rate(0, {
          ByteMatchStatement: { FieldToMatch: { UriPath: {} }, PositionalConstraint: 'STARTS_WITH', SearchString: '/hit' },
        }),
      },
      ['rate::/hit.gif', 'rate::/hit', 'rate::/hits'],
    ],
  ])('%s is not', (_, rules, ids) => {
    expect(verdict(withRules(rules))).toEqual(ids);
  });
});

test('no rule allows, because later rules would not apply', () => {
  expect(verdict(withRules({ door: { Name: 'door', Priority: 0, Action: { Allow: {} }, Statement: geo } }))).toEqual([
    'allow::Properties.Rules.7',
  ]);
});

test('the default action is literal', () => {
  expect(verdict(changed(edge, 'Acl', { DefaultAction: { Captcha: {} } }))).toEqual(['default']);
});

test('without a load balancer the rule reports its absence', () => {
  expect(answers(webFirewall, { Key: resource('AWS::KMS::Key') }).deployment).toEqual(['absent']);
});

describe('no request is allowed before the groups are evaluated', () => {
  const withRule = (rule: JsonObject) => verdict(withRules({ ...aclRules, theirs: rule }));
  const bots = (ActionToUse: JsonObject) =>
    group(9, 'AWSManagedRulesBotControlRuleSet', { RuleActionOverrides: [{ Name: 'X', ActionToUse }] });

  test('by rules from elsewhere', () => {
    const reference = { Name: 'theirs', Priority: 9, Statement: { RuleGroupReferenceStatement: { Arn: 'arn' } } };
    expect(withRule(reference)).toEqual(['allow::Properties.Rules.7']);
  });

  test('by the group of another vendor, or by a rule of a group that allows', () => {
    expect(withRule(group(9, 'X', { VendorName: 'Other' }))).toEqual(['allow::Properties.Rules.7']);
    expect(withRule(bots({ Allow: {} }))).toEqual(['allow::Properties.Rules.7']);
    expect(withRule(bots({ Count: {} }))).toBe('compliant');
  });

  test.each([{ ExcludedRules: [{ Name: 'X' }] }, { Version: 'Version_1.0' }])('by a group without all of its rules: %j', (rest) => {
    const badInputs = group(3, 'AWSManagedRulesKnownBadInputsRuleSet', rest);
    expect(verdict(withRules({ ...aclRules, badInputs }))).toEqual(['AWSManagedRulesKnownBadInputsRuleSet::version']);
  });

  test('by a second web ACL', () => {
    const second = resource('AWS::WAFv2::WebACLAssociation', { ResourceArn: { Ref: 'Balancer' }, WebACLArn: 'arn:aws:wafv2:other' });
    expect(verdict({ ...edge, Second: second }, 'Balancer')).toEqual(['second::Second']);
  });
});
