// A site with a Client VPN as templates have it, and the facts of its configuration.
import { settingsSchema } from '../../../../../lib/config/settings/settings';
import type { DeploymentFacts } from '../../../../../lib/tom/template/assembly';
import { att, type Resources, ref, resource } from '../example';

const id = '11111111-2222-4333-8444-555555555555';
export const certificate = `arn:aws:acm:eu-west-3:\${AWS::AccountId}:certificate/${id}`;

const factsWith = (access: object): Partial<DeploymentFacts> => ({
  settings: settingsSchema.parse({
    environment: 'production',
    owner: 'platform-team',
    access: { vpnCertificate: { home: id }, ...access },
  }),
});
export const withCertificate = factsWith({});
export const withSignIn = factsWith({ vpnSamlProvider: 'people' });

const subnet = (tier: string, zone: number, range: string) =>
  resource('AWS::EC2::Subnet', { AvailabilityZone: `zone-${zone}`, CidrBlock: range, Tags: [{ Key: 'aws-cdk:subnet-name', Value: tier }] });

const association = (zone: number) =>
  resource('AWS::EC2::ClientVpnTargetNetworkAssociation', { ClientVpnEndpointId: ref('Endpoint'), SubnetId: ref(`Vpn${zone}`) });

const authorization = (range: string) =>
  resource('AWS::EC2::ClientVpnAuthorizationRule', {
    ...{ AuthorizeAllGroups: true, ClientVpnEndpointId: ref('Endpoint'), TargetNetworkCidr: range },
  });

const sub = (text: string) => ({ 'Fn::Sub': text });

export const vpnExample: Resources = {
  Vpc: resource('AWS::EC2::VPC', { CidrBlock: '10.64.0.0/16' }),
  Private1: subnet('private', 1, '10.64.0.0/19'),
  Private2: subnet('private', 2, '10.64.32.0/19'),
  Public1: subnet('public', 1, '10.64.128.0/21'),
  Vpn1: subnet('vpn', 1, '10.64.224.128/27'),
  Vpn2: subnet('vpn', 2, '10.64.224.160/27'),
  HandlerLog: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/functions/connection-handler' }),
  Handler: resource('AWS::Lambda::Function', { LoggingConfig: { LogGroup: ref('HandlerLog') } }),
  OtherLog: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/functions/other' }),
  Other: resource('AWS::Lambda::Function', { LoggingConfig: { LogGroup: ref('OtherLog') } }),
  Connections: resource('AWS::Logs::LogGroup', { LogGroupName: '/rempart/production/vpn-connections' }),
  Endpoint: resource('AWS::EC2::ClientVpnEndpoint', {
    AuthenticationOptions: [
      { Type: 'certificate-authentication', MutualAuthentication: { ClientRootCertificateChainArn: sub(certificate) } },
    ],
    ClientConnectOptions: { Enabled: true, LambdaFunctionArn: att('Handler') },
    ConnectionLogOptions: { Enabled: true, CloudwatchLogGroup: ref('Connections') },
    DisconnectOnSessionTimeout: true,
    SecurityGroupIds: [att('Group', 'GroupId')],
    SelfServicePortal: 'disabled',
    ServerCertificateArn: sub(certificate),
    SessionTimeoutHours: 8,
    SplitTunnel: true,
    VpcId: ref('Vpc'),
  }),
  Group: resource('AWS::EC2::SecurityGroup'),
  Zone1: association(1),
  Zone2: association(2),
  Endpoints1: authorization('10.64.0.0/19'),
  Resolver: authorization('10.64.0.2/32'),
};
