import { promisedHeaders } from '../../../lib/edge/response-headers';
import type { Choice } from '../stacks/account-stack';
import { behindCloudflare, only, resourcesOf } from '../stacks/edge-stack';
import { unitsOf } from './capacity';
import { matches, type Statement } from './matching';

interface AclRule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: {
    readonly Block?: { readonly CustomResponse: { readonly ResponseCode: number; readonly ResponseHeaders: unknown[] } };
  };
  readonly Statement: Statement;
}
const rulesOf = (choice: Choice = {}) => (only(choice, 'AWS::WAFv2::WebACL') as { Rules: AclRule[] }).Rules;
const rule = (name: string, choice: Choice = {}) => {
  const found = rulesOf(choice).find(({ Name }) => Name === name);
  if (!found) throw new Error(`no rule ${name}`);
  return found;
};
const managed = (name: string) => rule(name).Statement.ManagedRuleGroupStatement;

const others = ['/', '/hit/', '/HIT', '/hit.gif/x', '/hits/', '/login', '/%68it', '/hit;x'];

test('evaluates the rules in this order', () => {
  expect(rulesOf().map(({ Name, Priority }) => `${Priority} ${Name}`)).toEqual([
    '0 rate-hits',
    '1 rate-batches',
    '2 rate-others',
    '3 reputation',
    '4 anonymous',
    '5 bad-inputs',
    '6 core',
    '7 core-elsewhere',
    '8 sql',
  ]);
});

test.each([
  ['', {}],
  [' behind Cloudflare', behindCloudflare],
])('costs less than the 1,500 units that a web ACL has without more money%s', (_, choice) => {
  const units = rulesOf(choice).reduce((sum, one) => sum + unitsOf(one as never), 0);
  console.log(`capacity of the web ACL: ${units} of 1500`);
  expect(units).toBeGreaterThan(1175);
  expect(units).toBeLessThan(1500);
});

describe('each path is counted by exactly one rate rule', () => {
  const rates = ['rate-hits', 'rate-batches', 'rate-others'];
  const counting = (path: string) => rates.filter((name) => matches(rule(name).Statement.RateBasedStatement?.ScopeDownStatement, { path }));

  test.each<[string, string]>([
    ['/hit', 'rate-hits'],
    ['/hit.gif', 'rate-hits'],
    ['/hits', 'rate-batches'],
    ...others.map((path) => [path, 'rate-others'] as [string, string]),
  ])('%s by %s', (path, name) => {
    expect(counting(path)).toEqual([name]);
  });

  test('the limits and the window come from the configuration', () => {
    const rateLimits = { windowSeconds: 60, hits: 111, hitBatches: 222, others: 333 };
    const choice = { settings: { edge: { rateLimits } } };
    expect(rates.map((name) => rule(name, choice).Statement.RateBasedStatement)).toMatchObject([
      { Limit: 111, EvaluationWindowSec: 60, AggregateKeyType: 'IP' },
      { Limit: 222, EvaluationWindowSec: 60, AggregateKeyType: 'IP' },
      { Limit: 333, EvaluationWindowSec: 60, AggregateKeyType: 'IP' },
    ]);
    const { CustomResponse } = rule('rate-hits', choice).Action?.Block ?? {};
    expect(CustomResponse).toMatchObject({ ResponseCode: 429 });
    expect(CustomResponse?.ResponseHeaders).toContainEqual({ Name: 'Retry-After', Value: '60' });
  });
});

describe('inspection', () => {
  const label = 'awswaf:managed:aws:core-rule-set:CrossSiteScripting_Body';

  test('hits may contain URLs, markup and long bodies; on other paths the core rules block them', () => {
    const refused = (path: string) => matches(rule('core-elsewhere').Statement, { path, labels: [label] });
    for (const path of ['/hit', '/hits', '/hit.gif']) expect(refused(path)).toBe(false);
    for (const path of others) expect(refused(path)).toBe(true);
    expect(rule('core-elsewhere').Action?.Block?.CustomResponse.ResponseCode).toBe(403);
  });

  test('requests without a label of a core rule pass', () => {
    expect(
      matches(rule('core-elsewhere').Statement, { path: '/login', labels: ['awswaf:managed:aws:known-bad-inputs:Log4JRCE_Body'] }),
    ).toBe(false);
  });

  test('SQL injection is detected on all paths except those of hits', () => {
    const looked = (path: string) => matches(managed('sql')?.ScopeDownStatement, { path });
    for (const path of ['/hit', '/hits', '/hit.gif']) expect(looked(path)).toBe(false);
    for (const path of others) expect(looked(path)).toBe(true);
  });

  test.each(['reputation', 'bad-inputs'])('%s inspects all requests, with all of its rules', (name) => {
    expect(managed(name)).toEqual({ VendorName: 'AWS', Name: expect.stringMatching(/^AWSManagedRules/) });
    expect(rule(name)).toMatchObject({ OverrideAction: { None: {} } });
  });

  test('anonymous addresses are counted only', () => {
    expect(rule('anonymous')).toMatchObject({ OverrideAction: { Count: {} } });
  });

  test('no rule of the core set about the path, or about bad bots, is overridden', () => {
    const names = (managed('core')?.RuleActionOverrides ?? []).map(({ Name }) => Name);
    expect(names).toHaveLength(15);
    expect(names.filter((name) => name.includes('URIPATH') || name.includes('BadBots'))).toEqual([]);
  });
});

test('its custom block responses have the promised headers, within the quota of a web ACL', () => {
  const responses = rulesOf(behindCloudflare).flatMap(({ Action }) => (Action?.Block ? [Action.Block.CustomResponse] : []));
  expect(responses).toHaveLength(5);
  const promised = Object.entries(promisedHeaders).map(([Name, Value]) => ({ Name, Value }));
  for (const { ResponseHeaders } of responses) expect(ResponseHeaders).toEqual(expect.arrayContaining(promised));
  // "AWS WAF quotas": 100 custom headers in a web ACL, 10 in a response.
  expect(responses.flatMap(({ ResponseHeaders }) => ResponseHeaders).length).toBeLessThanOrEqual(100);
});

describe('behind Cloudflare', () => {
  test('requests are aggregated by the address in the header of Cloudflare', () => {
    for (const name of ['rate-hits', 'rate-batches', 'rate-others']) {
      expect(rule(name, behindCloudflare).Statement.RateBasedStatement).toMatchObject({
        AggregateKeyType: 'FORWARDED_IP',
        ForwardedIPConfig: { HeaderName: 'cf-connecting-ip', FallbackBehavior: 'MATCH' },
      });
    }
  });

  test('a request without the header is blocked before all other rules', () => {
    const first = rulesOf(behindCloudflare)[0];
    expect(first).toMatchObject({ Name: 'visitor-address', Priority: 0, Action: { Block: { CustomResponse: { ResponseCode: 400 } } } });
    expect(matches(first?.Statement, { path: '/hit' })).toBe(true);
    expect(matches(first?.Statement, { path: '/hit', headers: { 'cf-connecting-ip': '203.0.113.7' } })).toBe(false);
  });
});

test('it is associated with the load balancer', () => {
  expect(only({}, 'AWS::WAFv2::WebACLAssociation')).toEqual({
    ResourceArn: { Ref: 'LoadBalancerBE9EEC3A' },
    WebACLArn: { 'Fn::GetAtt': ['FirewallWebAcl5A849C4E', 'Arn'] },
  });
});

describe('the log', () => {
  const logging = only({}, 'AWS::WAFv2::LoggingConfiguration');

  test('is encrypted and retained, under the name that WAF requires', () => {
    const [group] = Object.values(resourcesOf({}, 'AWS::Logs::LogGroup')).filter(({ Properties }) =>
      String(Properties.LogGroupName).startsWith('aws-waf-logs-'),
    );
    expect(group).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate' });
    expect(group?.Properties).toMatchObject({
      LogGroupName: 'aws-waf-logs-example-edge',
      // As long as whole addresses in the log of the load balancer, whatever the retention of other logs is.
      RetentionInDays: 90,
      KmsKeyId: expect.anything(),
    });
  });

  test('has no credentials, no referrers and no query strings, and the samples have none either', () => {
    expect(logging.RedactedFields).toEqual([
      { SingleHeader: { Name: 'authorization' } },
      { SingleHeader: { Name: 'cookie' } },
      { SingleHeader: { Name: 'referer' } },
      { QueryString: {} },
    ]);
    expect(only({}, 'AWS::WAFv2::WebACL').DataProtectionConfig).toEqual({
      DataProtections: [
        { Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization', 'cookie', 'referer'] } },
        { Action: 'SUBSTITUTION', Field: { FieldType: 'QUERY_STRING' } },
      ],
    });
  });

  test('drops every allowed request, under any path, and no other record', () => {
    const allowed = [{ ActionCondition: { Action: 'ALLOW' } }];
    expect(logging.LoggingFilter).toEqual({
      DefaultBehavior: 'KEEP',
      Filters: [{ Behavior: 'DROP', Requirement: 'MEETS_ALL', Conditions: allowed }],
    });
  });

  test('admits only the log delivery of this account', () => {
    expect(JSON.stringify(only({}, 'AWS::Logs::ResourcePolicy'))).toMatch(
      /aws:SourceAccount\W+111111111111.*Service\W+delivery\.logs\.amazonaws\.com/,
    );
  });
});

describe('hits that are left to the firewall of Cloudflare', () => {
  const { edge } = behindCloudflare.settings as { edge: { cloudflare: object } };
  const left: Choice = { settings: { edge: { ...edge, cloudflare: { ...edge.cloudflare, hitFirewall: 'cloudflare' } } } };

  test('are inspected and billed by no web ACL, which stays as it is with its log', () => {
    expect(resourcesOf(left, 'AWS::WAFv2::WebACLAssociation')).toEqual({});
    expect(Object.keys(resourcesOf(behindCloudflare, 'AWS::WAFv2::WebACLAssociation'))).toHaveLength(1);
    for (const type of ['AWS::WAFv2::WebACL', 'AWS::WAFv2::LoggingConfiguration', 'AWS::Logs::LogGroup'])
      expect(resourcesOf(left, type)).toEqual(resourcesOf(behindCloudflare, type));
  });

  test('still need the client certificate of Cloudflare', () => {
    expect(only(left, 'AWS::ElasticLoadBalancingV2::Listener', 'LoadBalancerHttps')).toMatchObject({
      MutualAuthentication: { Mode: 'verify', IgnoreClientCertificateExpiry: false },
    });
  });
});
