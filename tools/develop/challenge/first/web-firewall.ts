// The web application firewall: its rules, their exceptions, its association and its log.
import { add, attribute, type Challenge, type Fields, itemOf, listAt, put, resourceOfType, section, type Template } from '../challenge';

const acl = 'AWS::WAFv2::WebACL';
const association = 'AWS::WAFv2::WebACLAssociation';
const logging = 'AWS::WAFv2::LoggingConfiguration';
const managed = 'Statement/ManagedRuleGroupStatement';
const rate = 'Statement/RateBasedStatement';

/** The rule of the web ACL. */
const rule = (edge: Template, name: string): Fields => itemOf(resourceOfType(edge, acl).properties, 'Rules', { Name: name });

export const webFirewallChallenges: readonly Challenge[] = [
  {
    clause: 'TOM-4.11',
    kind: 'I',
    title: 'a first rule of the firewall that allows every path',
    change({ edge }) {
      const rules = listAt(resourceOfType(edge, acl).properties, 'Rules');
      for (const item of rules as Fields[]) item.Priority = Number(item.Priority) + 1;
      rules.push({
        Name: 'partners',
        Priority: 0,
        Action: { Allow: {} },
        Statement: {
          ByteMatchStatement: {
            FieldToMatch: { UriPath: {} },
            PositionalConstraint: 'STARTS_WITH',
            SearchString: '/',
            TextTransformations: [{ Priority: 0, Type: 'NONE' }],
          },
        },
        VisibilityConfig: { CloudWatchMetricsEnabled: true, MetricName: 'partners', SampledRequestsEnabled: true },
      });
    },
  },
  {
    clause: 'TOM-4.11',
    kind: 'J',
    title: 'a core rule group that counts',
    change({ edge }) {
      rule(edge, 'core').OverrideAction = { Count: {} };
    },
  },
  {
    clause: 'TOM-4.11',
    kind: 'J',
    title: 'a rule group against injection with its rules in the list of exclusions',
    change({ edge }) {
      put(
        rule(edge, 'sql'),
        `${managed}/ExcludedRules`,
        ['SQLi_BODY', 'SQLi_QUERYARGUMENTS', 'SQLi_COOKIE', 'SQLi_URIPATH'].map((Name) => ({ Name })),
      );
    },
  },
  {
    clause: 'TOM-4.11',
    kind: 'J',
    title: 'a rule group against injection for no path, by an exception for every path with a slash',
    change({ edge }) {
      const matches = listAt(rule(edge, 'sql'), `${managed}/ScopeDownStatement/NotStatement/Statement/OrStatement/Statements`);
      const first = matches[0] as Fields;
      put(first, 'ByteMatchStatement/PositionalConstraint', 'CONTAINS');
      put(first, 'ByteMatchStatement/SearchString', '/');
    },
  },
  {
    clause: 'DSS-6.4.1',
    kind: 'J',
    title: 'a rate rule with a limit that no client reaches',
    change({ edge }) {
      put(rule(edge, 'rate-others'), `${rate}/Limit`, 2_000_000_000);
    },
  },
  {
    clause: 'TOM-4.11',
    kind: 'J',
    title: 'a rate rule by an address that the client writes',
    change({ edge }) {
      const statement = rule(edge, 'rate-hits');
      put(statement, `${rate}/AggregateKeyType`, 'FORWARDED_IP');
      put(statement, `${rate}/ForwardedIPConfig`, { HeaderName: 'X-Forwarded-For', FallbackBehavior: 'NO_MATCH' });
    },
  },
  {
    clause: 'TOM-4.11',
    kind: 'J',
    title: 'a refusal of the labels of a rule group that does not exist',
    change({ edge }) {
      const statements = rule(edge, 'core-elsewhere');
      put(statements, 'Statement/AndStatement/Statements/0/LabelMatchStatement/Key', 'awswaf:managed:aws:common-rule-set:');
    },
  },
  {
    clause: 'TOM-4.11',
    kind: 'B',
    title: 'a load balancer with a second web ACL that has no rules',
    change({ edge }) {
      add(edge, 'OpenAcl0A1B2C3D', acl, {
        Name: 'production-edge-open',
        Scope: 'REGIONAL',
        DefaultAction: { Allow: {} },
        Rules: [],
        VisibilityConfig: { CloudWatchMetricsEnabled: true, MetricName: 'open', SampledRequestsEnabled: true },
      });
      put(resourceOfType(edge, association).properties, 'WebACLArn', attribute('OpenAcl0A1B2C3D'));
    },
  },
  {
    clause: 'TOM-4.11',
    kind: 'section',
    title: 'an association of the firewall under a condition of two different texts',
    change({ edge }) {
      section(edge, 'Conditions').Protected = { 'Fn::Equals': ['production', 'staging'] };
      resourceOfType(edge, association).resource.Condition = 'Protected';
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a log of the firewall without every allowed request, by one condition out of two',
    change({ edge }) {
      put(resourceOfType(edge, logging).properties, 'LoggingFilter/Filters/0/Requirement', 'MEETS_ANY');
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'J',
    title: 'a log of the firewall that drops by default',
    change({ edge }) {
      put(resourceOfType(edge, logging).properties, 'LoggingFilter/DefaultBehavior', 'DROP');
    },
  },
  {
    clause: 'TOM-4.13',
    kind: 'J',
    title: 'a log of the firewall with query strings',
    change({ edge }) {
      put(resourceOfType(edge, logging).properties, 'RedactedFields', [{ SingleHeader: { Name: 'authorization' } }]);
      put(resourceOfType(edge, acl).properties, 'DataProtectionConfig/DataProtections', [
        { Action: 'SUBSTITUTION', Field: { FieldType: 'SINGLE_HEADER', FieldKeys: ['authorization'] } },
      ]);
    },
  },
  {
    clause: 'DSS-6.7.1',
    kind: 'J',
    title: 'a blocked request with a Strict-Transport-Security header of zero seconds',
    change({ edge }) {
      const headers = 'Action/Block/CustomResponse/ResponseHeaders';
      itemOf(rule(edge, 'rate-others'), headers, { Name: 'Strict-Transport-Security' }).Value = 'max-age=0';
    },
  },
];
