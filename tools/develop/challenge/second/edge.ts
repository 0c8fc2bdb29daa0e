// Load balancer, listeners, certificate, web ACL and headers.
import { add, type Challenge, fieldsAt, itemOf, listAt, put, ref, resourceOfType } from '../challenge';
import { append, rewrite, share } from './places';

const rules = 'Rules';
const webAcl = 'AWS::WAFv2::WebACL';
const listener = 'AWS::ElasticLoadBalancingV2::Listener';

export const edgeChallenges: readonly Challenge[] = [
  {
    clause: 'DSS-5.3.2',
    kind: 'I',
    title: 'a second certificate of the listener with a key of 2,048 bits',
    change: ({ edge }) => {
      const certificate = add(edge, 'Campaigns', 'AWS::CertificateManager::Certificate', {
        DomainName: 'campaigns.rempart.invalid',
        KeyAlgorithm: 'RSA_2048',
        ValidationMethod: 'DNS',
      });
      add(edge, 'CampaignsOfTheListener', 'AWS::ElasticLoadBalancingV2::ListenerCertificate', {
        Certificates: [{ CertificateArn: certificate }],
        ListenerArn: ref(resourceOfType(edge, listener, 'LoadBalancerHttps').id),
      });
    },
  },
  {
    clause: 'DSS-5.3.1',
    kind: 'I',
    title: 'a rule of the listener on port 80 that forwards hits of old pages to the collectors',
    change: ({ edge, collection }) => {
      const plain = ref(resourceOfType(edge, listener, ({ Port }) => Port === 80).id);
      add(collection, 'OldPages', 'AWS::ElasticLoadBalancingV2::ListenerRule', {
        Actions: [{ TargetGroupArn: ref(resourceOfType(collection, 'AWS::ElasticLoadBalancingV2::TargetGroup').id), Type: 'forward' }],
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/hit.gif'] } }],
        ListenerArn: share(edge, 'ExportsOutputRefLoadBalancerHttp', plain),
        Priority: 10,
      });
    },
  },
  {
    clause: 'DSS-6.7.1',
    kind: 'J',
    title: 'a Strict-Transport-Security header of a tenth of its duration',
    change: ({ edge }) => rewrite(resourceOfType(edge, listener, 'LoadBalancerHttps').resource, 'max-age=15768000', 'max-age=1576800'),
  },
  {
    clause: 'TOM-4.12',
    kind: 'J',
    title: 'responses of the load balancer that admit requests with credentials from every origin',
    change: ({ edge }) =>
      append(
        resourceOfType(edge, listener, 'LoadBalancerHttps').properties,
        'ListenerAttributes',
        { Key: 'routing.http.response.access_control_allow_origin.header_value', Value: '*' },
        { Key: 'routing.http.response.access_control_allow_credentials.header_value', Value: 'true' },
      ),
  },
  {
    clause: 'TOM-4.11',
    kind: 'I',
    title: 'a first rule of the web ACL that allows the monitor by its user agent',
    change: ({ edge }) => {
      const { properties } = resourceOfType(edge, webAcl);
      for (const rule of listAt(properties, rules) as Array<{ Priority: number }>) rule.Priority += 1;
      append(properties, rules, {
        Action: { Allow: {} },
        Name: 'monitor',
        Priority: 0,
        Statement: {
          ByteMatchStatement: {
            FieldToMatch: { SingleHeader: { Name: 'user-agent' } },
            PositionalConstraint: 'STARTS_WITH',
            SearchString: 'rempart-monitor/',
            TextTransformations: [{ Priority: 0, Type: 'NONE' }],
          },
        },
        VisibilityConfig: { CloudWatchMetricsEnabled: true, MetricName: 'monitor', SampledRequestsEnabled: true },
      });
    },
  },
  {
    clause: 'DSS-6.4.1',
    kind: 'J',
    title: 'a rate rule by the forwarded address, which the client writes',
    change: ({ edge }) => {
      const rate = fieldsAt(
        itemOf(resourceOfType(edge, webAcl).properties, rules, { Name: 'rate-others' }),
        'Statement/RateBasedStatement',
      );
      Object.assign(rate, {
        AggregateKeyType: 'FORWARDED_IP',
        ForwardedIPConfig: { FallbackBehavior: 'NO_MATCH', HeaderName: 'X-Forwarded-For' },
      });
    },
  },
  {
    clause: 'TOM-4.11',
    kind: 'J',
    title: 'a rule on labels of the core rule set with a namespace that no rule gives',
    change: ({ edge }) => rewrite(resourceOfType(edge, webAcl).resource, 'managed:aws:core-rule-set:', 'managed:aws:common-rule-set:'),
  },
  {
    clause: 'TOM-4.11',
    kind: 'J',
    title: 'a rule group against SQL injection that spares every path with the word hit',
    change: ({ edge }) => {
      const rule = itemOf(resourceOfType(edge, webAcl).properties, rules, { Name: 'sql' });
      rule.Statement = JSON.parse(JSON.stringify(rule.Statement).replaceAll('"EXACTLY"', '"CONTAINS"'));
    },
  },
  {
    clause: 'TOM-4.8',
    kind: 'J',
    title: 'a load balancer that passes on the forwarded addresses that clients write',
    change: ({ edge }) =>
      put(
        itemOf(resourceOfType(edge, 'AWS::ElasticLoadBalancingV2::LoadBalancer').properties, 'LoadBalancerAttributes', {
          Key: 'routing.http.xff_header_processing.mode',
        }),
        'Value',
        'preserve',
      ),
  },
  {
    clause: 'DSS-5.6.3',
    kind: 'J',
    title: 'one entry of the proxies for the range from port 80 to port 443',
    change: ({ edge }) => {
      const { properties } = resourceOfType(edge, 'AWS::EC2::SecurityGroup', 'Proxies');
      const entry = itemOf(properties, 'SecurityGroupIngress', { CidrIpv6: '::/0', FromPort: 80 });
      entry.ToPort = 443;
    },
  },
  {
    clause: 'DSS-6.8',
    kind: 'J',
    title: 'a TLS policy with post-quantum key exchange and ciphers without forward secrecy',
    change: ({ edge }) =>
      put(resourceOfType(edge, listener, 'LoadBalancerHttps').properties, 'SslPolicy', 'ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09'),
  },
  {
    clause: 'TOM-4.13',
    kind: 'K',
    title: 'details of matches in the log of the web ACL that show the query strings of visitors',
    change: ({ edge }) =>
      put(
        itemOf(resourceOfType(edge, webAcl).properties, 'DataProtectionConfig/DataProtections', { Field: { FieldType: 'QUERY_STRING' } }),
        'ExcludeRuleMatchDetails',
        true,
      ),
  },
];
