// The load balancer: listeners, certificates, addresses, ports and headers.
import {
  add,
  at,
  attribute,
  type Challenge,
  importOf,
  itemOf,
  listAt,
  put,
  ref,
  resourceOfType,
  section,
  sub,
  subnetImport,
} from '../challenge';

const balancer = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const listener = 'AWS::ElasticLoadBalancingV2::Listener';
const rule = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const group = 'AWS::EC2::SecurityGroup';
const https = 'LoadBalancerHttps';
const headers = 'routing.http.response';

const fixed = (StatusCode: string, MessageBody = 'ok') => ({
  Type: 'fixed-response',
  FixedResponseConfig: { ContentType: 'text/plain', MessageBody, StatusCode },
});

export const edgeChallenges: readonly Challenge[] = [
  {
    clause: 'DSS-5.3.1',
    kind: 'J',
    title: 'a redirect on port 80 that keeps the protocol of the request',
    change({ edge }) {
      const { properties } = resourceOfType(edge, listener, ({ Port }) => Port === 80);
      put(properties, 'DefaultActions/0/RedirectConfig/Protocol', '#{protocol}');
    },
  },
  {
    clause: 'DSS-5.3.1',
    kind: 'I',
    title: 'a rule on port 80 that answers before the redirect',
    change({ edge }) {
      const { id } = resourceOfType(edge, listener, ({ Port }) => Port === 80);
      add(edge, 'HttpHealth0A1B2C3D', rule, {
        ListenerArn: ref(id),
        Priority: 1,
        Conditions: [{ Field: 'path-pattern', Values: ['/*'] }],
        Actions: [fixed('200')],
      });
    },
  },
  {
    clause: 'DSS-6.8',
    kind: 'I',
    title: 'a second HTTPS listener with a policy of TLS 1.0',
    change({ edge }) {
      const { properties } = resourceOfType(edge, listener, https);
      add(edge, 'Partners0A1B2C3D', listener, {
        ...structuredClone(properties),
        Port: 8443,
        SslPolicy: 'ELBSecurityPolicy-TLS13-1-0-2021-06',
      });
    },
  },
  {
    clause: 'DSS-6.8',
    kind: 'J',
    title: 'an HTTPS listener with a policy that has weak ciphers of TLS 1.2',
    change({ edge }) {
      put(resourceOfType(edge, listener, https).properties, 'SslPolicy', 'ELBSecurityPolicy-TLS13-1-2-Ext2-PQ-2025-09');
    },
  },
  {
    clause: 'DSS-5.3.2',
    kind: 'I',
    title: 'a second certificate of the listener that no function checks',
    change({ edge }) {
      add(edge, 'Certificates0A1B2C3D', 'AWS::ElasticLoadBalancingV2::ListenerCertificate', {
        ListenerArn: ref(resourceOfType(edge, listener, https).id),
        Certificates: [{ CertificateArn: sub('arn:aws:acm:eu-west-3:${AWS::AccountId}:certificate/6b1f2c3d-0000-4000-8000-5a6b7c8d9e0f') }],
      });
    },
  },
  {
    clause: 'DSS-5.3.2',
    kind: 'B',
    title: 'a listener with a certificate of RSA 2048 beside the one that is checked',
    change({ edge }) {
      const certificate = add(edge, 'Certificate0A1B2C3D', 'AWS::CertificateManager::Certificate', {
        DomainName: 'production.rempart.invalid',
        KeyAlgorithm: 'RSA_2048',
        ValidationMethod: 'DNS',
      });
      put(resourceOfType(edge, listener, https).properties, 'Certificates/0/CertificateArn', certificate);
    },
  },
  {
    clause: 'DSS-6.7.1',
    kind: 'J',
    title: 'a Strict-Transport-Security header with a digit less',
    change({ edge }) {
      const { properties } = resourceOfType(edge, listener, https);
      itemOf(properties, 'ListenerAttributes', { Key: `${headers}.strict_transport_security.header_value` }).Value = 'max-age=1576800';
    },
  },
  {
    clause: 'DSS-6.7.1',
    kind: 'J',
    title: 'a listener with an empty X-Content-Type-Options header',
    change({ edge }) {
      const { properties } = resourceOfType(edge, listener, https);
      itemOf(properties, 'ListenerAttributes', { Key: `${headers}.x_content_type_options.header_value` }).Value = '';
    },
  },
  {
    clause: 'TOM-4.12',
    kind: 'I',
    title: 'a listener that lets every site send requests with credentials',
    change({ edge }) {
      listAt(resourceOfType(edge, listener, https).properties, 'ListenerAttributes').push(
        { Key: `${headers}.access_control_allow_origin.header_value`, Value: '*' },
        { Key: `${headers}.access_control_allow_credentials.header_value`, Value: 'true' },
      );
    },
  },
  {
    clause: 'TOM-4.11',
    kind: 'J',
    title: 'a load balancer that forwards requests when the firewall does not answer',
    change({ edge }) {
      itemOf(resourceOfType(edge, balancer).properties, 'LoadBalancerAttributes', { Key: 'waf.fail_open.enabled' }).Value = 'true';
    },
  },
  {
    clause: 'TOM-3.6',
    kind: 'B',
    title: 'access logs of the load balancer in a bucket outside the deployment',
    change({ edge }) {
      itemOf(resourceOfType(edge, balancer).properties, 'LoadBalancerAttributes', { Key: 'access_logs.s3.bucket' }).Value =
        'company-shared-logs';
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'J',
    title: 'a load balancer that accepts ambiguous requests',
    change({ edge }) {
      const { properties } = resourceOfType(edge, balancer);
      itemOf(properties, 'LoadBalancerAttributes', { Key: 'routing.http.desync_mitigation_mode' }).Value = 'monitor';
      itemOf(properties, 'LoadBalancerAttributes', { Key: 'routing.http.drop_invalid_header_fields.enabled' }).Value = 'false';
    },
  },
  {
    clause: 'DSS-5.6.4',
    kind: 'B',
    title: 'a load balancer with a node in a subnet of servers',
    change({ edge, network }) {
      put(resourceOfType(edge, balancer).properties, 'Subnets/2', subnetImport(network, 'private', 3));
    },
  },
  {
    clause: 'TOM-4.11',
    kind: 'I',
    title: 'a second load balancer, of the network, without firewall and TLS, with the security group of the first',
    change({ collection, edge, network }) {
      const { properties } = resourceOfType(collection, 'AWS::AutoScaling::AutoScalingGroup');
      const address = add(collection, 'Direct0A1B2C3D', balancer, {
        Type: 'network',
        Scheme: 'internet-facing',
        SecurityGroups: [importOf(edge, attribute(resourceOfType(edge, group, 'Proxies').id, 'GroupId'))],
        Subnets: [1, 2].map((zone) => subnetImport(network, 'public', zone)),
      });
      const targets = add(collection, 'DirectTargets0A1B2C3D', 'AWS::ElasticLoadBalancingV2::TargetGroup', {
        Port: 8080,
        Protocol: 'TCP',
        TargetType: 'instance',
        VpcId: at(resourceOfType(collection, 'AWS::ElasticLoadBalancingV2::TargetGroup').properties, 'VpcId'),
      });
      add(collection, 'DirectListener0A1B2C3D', listener, {
        LoadBalancerArn: address,
        Port: 80,
        Protocol: 'TCP',
        DefaultActions: [{ Type: 'forward', TargetGroupArn: targets }],
      });
      listAt(properties, 'TargetGroupARNs').push(targets);
    },
  },
  {
    clause: 'DSS-5.6.3',
    kind: 'J',
    title: 'an ingress of the load balancer from port 80 to port 443',
    change({ edge }) {
      put(resourceOfType(edge, group, 'Proxies').properties, 'SecurityGroupIngress/0/ToPort', 443);
    },
  },
  {
    clause: 'DSS-5.6.3',
    kind: 'I',
    title: 'an ingress of the load balancer on port 8443 from both halves of the internet',
    change({ edge }) {
      for (const [index, CidrIp] of ['0.0.0.0/1', '128.0.0.0/1'].entries()) {
        add(edge, `Partners${index}0A1B2C3D`, 'AWS::EC2::SecurityGroupIngress', {
          Description: 'Partners',
          GroupId: attribute(resourceOfType(edge, group, 'Proxies').id, 'GroupId'),
          IpProtocol: 'tcp',
          FromPort: 8443,
          ToPort: 8443,
          CidrIp,
        });
      }
    },
  },
  {
    clause: 'DSS-5.6.3',
    kind: 'A',
    title: 'an ingress of the load balancer on every port from a prefix list of a parameter',
    change({ edge }) {
      section(edge, 'Parameters').Partners = { Type: 'String', Default: 'pl-0a1b2c3d4e5f60718' };
      listAt(resourceOfType(edge, group, 'Proxies').properties, 'SecurityGroupIngress').push({
        Description: 'Partners',
        IpProtocol: '-1',
        SourcePrefixListId: ref('Partners'),
      });
    },
  },
  {
    clause: 'TOM-6.6',
    kind: 'H',
    title: 'an egress of the load balancer to every address and port',
    change({ edge }) {
      put(resourceOfType(edge, group, 'Proxies').properties, 'SecurityGroupEgress/0', { CidrIp: '0.0.0.0/0', IpProtocol: -1 });
    },
  },
  {
    clause: 'TOM-5.1',
    kind: 'I',
    title: 'a listener rule with a higher priority that answers hits without a collector',
    change({ edge }) {
      add(edge, 'Hits0A1B2C3D', rule, {
        ListenerArn: ref(resourceOfType(edge, listener, https).id),
        Priority: 2,
        Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/hit*'] } }],
        Actions: [fixed('204', '')],
      });
    },
  },
];
