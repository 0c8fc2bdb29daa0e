// The faults that the rehearsal finds.
import {
  behindCloudflare,
  changed,
  type FoundFault,
  moved,
  production,
  rewritten,
  withoutCloudflare,
  withoutSection,
  withProperties,
  withText,
} from './fault';

const onProduction = (changes: Parameters<typeof changed>[1]) => () => changed(production, changes);
const queryLog = (owner: string) =>
  changed(production, {
    'network/DnsFirewallQueryLoggingConfig': withProperties({ Tags: [{ Key: 'rempart:owner', Value: owner }] }),
  });
const named = (GroupDescription: string) =>
  changed(production, { 'data/ProxySecurityGroup': withProperties({ GroupName: 'production-proxy', GroupDescription }) });

export const foundFaults: readonly FoundFault[] = [
  {
    ...{ id: 'c', what: 'the boundary denies sign-ins to the database, which may have no region' },
    put: onProduction({ 'account/BoundaryPolicy': withText(',"rds-db:*"', '') }),
    ...{ part: 'calls', outcome: 'refused', detail: 'optional context keys absent: denied by the permissions boundary' },
  },
  {
    ...{ id: 'd', what: 'a restore renames the proxy, whose endpoint another stack imports' },
    before: () => production,
    put: onProduction({ 'data/Proxy': withProperties({ DBProxyName: 'production-data-restored' }) }),
    ...{ part: 'release', outcome: 'refused', detail: 'changes while another stack imports it' },
  },
  {
    ...{ id: 'f', what: 'the service-linked role of the fleet beside the key whose policy names it' },
    put: () => moved(production, 'account/FleetServiceRole', 'data'),
    ...{
      part: 'order',
      outcome: 'refused',
      detail: 'data/DataKey: its policy names data/FleetServiceRole: expected a role of an earlier stack',
    },
  },
  {
    ...{ id: 'g', what: 'mutual TLS is omitted without Cloudflare, and stays on' },
    before: behindCloudflare,
    put: () => changed(withoutCloudflare(), { 'edge/LoadBalancerHttps': withProperties({ MutualAuthentication: undefined }) }),
    ...{ part: 'release', outcome: 'refused', detail: 'edge/LoadBalancerHttps: MutualAuthentication is left out' },
  },
  {
    ...{ id: 'h', what: 'the entries of a prefix list change with their maximum number' },
    before: behindCloudflare,
    put: () =>
      changed(behindCloudflare(), {
        'edge/ProxiesCloudflareIPv6': withProperties({ Entries: [{ Cidr: '2400:cb00::/32' }], MaxEntries: 1 }),
      }),
    ...{ part: 'release', outcome: 'refused', detail: 'edge/ProxiesCloudflareIPv6: Entries and MaxEntries change together' },
  },
  {
    ...{ id: 'i', what: 'the load balancer writes its test file into a bucket of its own stack, which no rollback deletes' },
    put: () =>
      changed(moved(production, 'account/EdgeLogLanding', 'edge'), {
        'edge/LoadBalancer': withText(/\{"Fn::ImportValue":"[^"]*EdgeLogLanding[^"]*"\}/g, '{"Ref":"EdgeLogLanding5A3A6E6A"}'),
      }),
    ...{ part: 'order', outcome: 'refused', detail: 'edge/LoadBalancer: writes to edge/EdgeLogLanding while their stack is created' },
  },
  {
    ...{ id: 'j', what: 'another description of the boundary replaces it under its name' },
    before: () => production,
    put: onProduction({ 'account/BoundaryPolicy': withProperties({ Description: 'Other words' }) }),
    ...{
      part: 'release',
      outcome: 'refused',
      detail: 'Description would replace account/BoundaryPolicy, and the name production-boundary',
    },
  },
  {
    ...{ id: 'j', what: 'another description of a security group with a name' },
    before: () => named('One'),
    put: () => named('Other words'),
    ...{
      part: 'release',
      outcome: 'refused',
      detail: 'GroupDescription would replace data/ProxySecurityGroup, and the name production-proxy',
    },
  },
  {
    ...{ id: 'j', what: 'another owner in the tags of the query log configuration' },
    before: () => queryLog('platform'),
    put: () => queryLog('another-team'),
    ...{ part: 'release', outcome: 'refused', detail: 'would replace network/DnsFirewallQueryLoggingConfig, and the name' },
  },
  {
    ...{ id: 'k', what: 'the group of the load balancer has no egress rule of its own' },
    put: onProduction({ 'edge/Proxies': withProperties({ SecurityGroupEgress: undefined }) }),
    ...{ part: 'flows', outcome: 'undeclared', detail: 'edge/Proxies SecurityGroupEgress.0: security group' },
  },
  {
    ...{ id: 'l', what: 'the network firewall drops a ClientHello that spans two segments' },
    put: onProduction({ 'network/EgressFirewallPolicy': withText(/_established_app_layer/g, '_established') }),
    ...{ part: 'flows', outcome: 'refused', detail: 'in two segments passed, got aws:drop_established' },
  },
  {
    ...{ id: 'l', what: 'actions of the packet and of the application layer are mixed' },
    put: onProduction({ 'network/EgressFirewallPolicy': withText('["aws:drop_', '["aws:drop_established","aws:drop_') }),
    ...{ part: 'flows', outcome: 'refused', detail: 'in two segments passed, got aws:drop_established' },
  },
  {
    ...{ id: 'n', what: 'an owner with a comma' },
    put: () => rewritten(production, '"platform-team"', '"platform, data"'),
    ...{ part: 'values', outcome: 'refused', detail: 'data/DataKey: the tag rempart:owner: expected at most 256 signs' },
  },
  {
    ...{ id: '2.3', what: 'the CAA record stands at the name of the origin, the certificate has another' },
    put: () => changed(behindCloudflare(), { 'edge/CertificateChecked': withProperties({ Domain: 'collect.example.com' }) }),
    ...{
      part: 'services',
      outcome: 'undeclared',
      detail: 'edge/DnsIssuers: expected a CAA record at a certified name, got origin.example.com',
    },
  },
  {
    ...{ id: '2.3', what: 'no CAA record at the certified name' },
    put: () => changed(behindCloudflare(), { 'edge/DnsIssuers': withProperties({ Name: 'other.example.com.' }) }),
    ...{ part: 'services', outcome: 'undeclared', detail: 'edge/CertificateChecked: expected a CAA record at origin.example.com or above' },
  },
  {
    ...{ id: '2.4', what: 'an alarm on silence rings before the first run' },
    put: onProduction({ 'data/NoSharedBackupsProbeOverdue': withoutSection('DependsOn') }),
    ...{ part: 'order', outcome: 'refused', detail: 'data/NoSharedBackupsProbeOverdue: rings for missing data' },
  },
  {
    ...{ id: '2.4', what: 'the wait before an alarm is for another metric' },
    put: onProduction({ 'data/UpkeepFirstRun': withProperties({ Failures: undefined }) }),
    ...{ part: 'order', outcome: 'refused', detail: 'expected the first data of AWS/Lambda Errors' },
  },
  {
    ...{ id: '2.6', what: 'a caller of the account may grant a key' },
    put: onProduction({
      'data/DataKey': withText(
        '"Action":"kms:CreateGrant","Condition":{"Bool":{"kms:Gr',
        '"Action":"kms:Sign","Condition":{"Bool":{"kms:Gr',
      ),
    }),
    ...{ part: 'services', outcome: 'undeclared', detail: 'by the caller itself' },
  },
  {
    ...{ id: '2.6', what: 'the denial of grants includes those of AWS services' },
    put: onProduction({ 'data/DataKey': withText('"kms:GrantIsForAWSResource":"false",', '') }),
    ...{ part: 'services', outcome: 'refused', detail: 'by an AWS service for a resource of the caller' },
  },
  {
    ...{ id: '2.6', what: 'a dead-letter queue does not limit who redrives to it' },
    put: onProduction({ 'data/UpkeepFunctionDeadLetters': withProperties({ RedriveAllowPolicy: undefined }) }),
    ...{ part: 'services', outcome: 'undeclared', detail: 'redrivePermission is allowAll' },
  },
  {
    ...{ id: '2.6', what: 'the audit archive admits the export of another log group than that of sessions' },
    put: onProduction({ 'account/AuditArchivePolicy': withText(/rempart\/production\/sessions/g, 'rempart/production/shells') }),
    ...{ part: 'services', outcome: 'refused', detail: 'not allowed by the resource policy' },
  },
  {
    ...{ id: '2.7', what: 'the boundary allows everything that it does not deny' },
    put: onProduction({ 'account/BoundaryPolicy': withText('"acm:AddTagsToCertificate"', '"*"') }),
    ...{ part: 'services', outcome: 'undeclared', detail: 'lightsail:CreateInstances' },
  },
];
