// A site with a Site-to-Site VPN as templates have it, and the facts of its configuration.
import { settingsSchema } from '../../../../../lib/config/settings/settings';
import type { DeploymentFacts, JsonObject } from '../../../../../lib/tom/template/assembly';
import { join, type Resources, ref, resource } from '../example';
import { controlExample, type ExampleControl } from './example-control';

const network = '172.20.8.0/24';

export const withGateway: Partial<DeploymentFacts> = {
  settings: settingsSchema.parse({
    environment: 'production',
    owner: 'platform-team',
    access: { managementNetworks: [{ name: 'manager', cidr: network }], managementGateway: { home: '8.8.4.4' } },
  }),
};

const values = (...list: (string | number)[]): JsonObject[] => list.map((Value) => ({ Value }));

export const tunnel: JsonObject = {
  DPDTimeoutAction: 'restart',
  IKEVersions: values('ikev2'),
  LogOptions: {
    CloudwatchLogOptions: {
      LogEnabled: true,
      LogGroupArn: join('arn:aws:logs:eu-west-3:', { Ref: 'AWS::AccountId' }, ':log-group:', ref('Tunnels')),
      LogOutputFormat: 'json',
    },
  },
  Phase1DHGroupNumbers: values(19, 20, 21),
  Phase1EncryptionAlgorithms: values('AES256-GCM-16'),
  Phase1IntegrityAlgorithms: values('SHA2-384', 'SHA2-512'),
  Phase2DHGroupNumbers: values(19, 20, 21),
  Phase2EncryptionAlgorithms: values('AES256-GCM-16'),
  Phase2IntegrityAlgorithms: values('SHA2-384', 'SHA2-512'),
  StartupAction: 'start',
};

const stateAlarm = (Statistic: string, more: JsonObject) =>
  resource('AWS::CloudWatch::Alarm', {
    ...{ Namespace: 'AWS/VPN', MetricName: 'TunnelState', Statistic, ComparisonOperator: 'LessThanThreshold', Period: 300 },
    Dimensions: [{ Name: 'VpnId', Value: ref('Connection') }],
    ...more,
  });

export const watchControl: ExampleControl = {
  control: 'tunnel-watch',
  variables: { CONNECTION: ref('Connection'), ALGORITHMS: 'ikev2;AES256-GCM-16;SHA2-384,SHA2-512;19,20,21', KEY_DAYS: '330' },
  ...{ trigger: 'schedule', expression: 'rate(1 hour)', gap: 6 * 3600 },
};

export const managementExample: Resources = {
  ...controlExample(watchControl),
  Vpc: resource('AWS::EC2::VPC', { CidrBlock: '10.64.0.0/16' }),
  Gateway: resource('AWS::EC2::VPNGateway', { Type: 'ipsec.1' }),
  Attachment: resource('AWS::EC2::VPCGatewayAttachment', { VpcId: ref('Vpc'), VpnGatewayId: ref('Gateway') }),
  Table: resource('AWS::EC2::RouteTable', { VpcId: ref('Vpc') }),
  Back: resource('AWS::EC2::Route', { RouteTableId: ref('Table'), DestinationCidrBlock: network, GatewayId: ref('Gateway') }),
  Other: resource('AWS::EC2::Route', { RouteTableId: ref('Table'), DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat' }),
  Customer: resource('AWS::EC2::CustomerGateway', { Type: 'ipsec.1', IpAddress: '8.8.4.4', BgpAsn: 65_000 }),
  Tunnels: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/tunnels' }),
  Connection: resource('AWS::EC2::VPNConnection', {
    ...{ CustomerGatewayId: ref('Customer'), VpnGatewayId: ref('Gateway'), Type: 'ipsec.1' },
    ...{ PreSharedKeyStorage: 'SecretsManager', StaticRoutesOnly: true },
    VpnTunnelOptionsSpecifications: [tunnel, tunnel],
  }),
  Route: resource('AWS::EC2::VPNConnectionRoute', { DestinationCidrBlock: network, VpnConnectionId: ref('Connection') }),
  OneDown: stateAlarm('Minimum', { Threshold: 1, EvaluationPeriods: 3 }),
  BothDown: stateAlarm('Maximum', { Threshold: 0.5, EvaluationPeriods: 2 }),
};

/** The example with the options of its second tunnel changed. */
export const withTunnel = (more: JsonObject): Resources => {
  const second = Object.fromEntries(Object.entries({ ...tunnel, ...more }).filter(([, value]) => value !== undefined)) as JsonObject;
  const { Connection, ...others } = managementExample;
  const Properties = { ...Connection?.Properties, VpnTunnelOptionsSpecifications: [tunnel, second] };
  return { ...others, Connection: resource('AWS::EC2::VPNConnection', Properties) };
};
