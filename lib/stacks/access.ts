// Roles of people and deployers, the Client VPN of the IT team, the Site-to-Site VPN of the infrastructure manager,
// the session service, and controls of the account:
// passwords, credentials, the session document, open ports, changes of the audit.
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ClientVpn } from '../access/client-vpn';
import { ConnectionHandler } from '../access/connection-handler';
import { CredentialHygiene } from '../access/credential-hygiene';
import { EnvironmentWatchAlarm } from '../access/environment-watch-alarm';
import { ManagementRoute } from '../access/management-route';
import { ManagementVpn } from '../access/management-vpn';
import { OpenPortGuard } from '../access/open-port-guard';
import { PasswordPolicy } from '../access/password-policy';
import { PeopleRoles } from '../access/people-roles';
import { PermissionSets } from '../access/permission-sets';
import { RevocationList } from '../access/revocation-list';
import { SessionArchive } from '../access/session-archive';
import { SessionDocument } from '../access/session-document';
import { SessionService } from '../access/session-service';
import { TamperGuard } from '../access/tamper-guard';
import { trailAlarms } from '../access/trail-alarms';
import { TunnelWatch } from '../access/tunnel-watch';
import type { VpnAuthority } from '../access/vpn-authority';
import { peopleRoleName, vpnAuthorityAlias } from '../config/names';
import { managementGatewayOf, type Site, vpnCertificateOf } from '../config/site';
import { SigningKey } from '../encryption/signing-key';
import type { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { serves } from '../labels/labels';
import { DataBucket } from '../storage/data-bucket';

export interface AccessStackProps extends StackProps {
  readonly site: Site;
  readonly account: {
    /** Encrypts environment, log and dead letters of functions. (TOM-5.5) */
    readonly key: IKey;
    /** Encrypts audit records. (TOM-3.6) */
    readonly auditKey: IKey;
    /** Encrypts the backups. (DSS-5.4.3) */
    readonly backupsKey: IKey;
    /** Holds audit records. (TOM-3.6) */
    readonly auditArchive: IBucket;
    /** Notifies people. (TOM-3.4) */
    readonly alarmTopic: ITopic;
    /** Refuses another environment beside production. (TOM-7.3) */
    readonly environments: ControlFunction;
  };
  readonly network: {
    /** The VPC whose security groups are guarded. (DSS-5.6.3) */
    readonly vpc: IVpc;
    /** Subnets of the interfaces of Client VPN. (TOM-3.2) */
    readonly vpnSubnets: SubnetSelection;
    /** Subnets of servers and of the endpoints of AWS services, and their range. */
    readonly serverSubnets: SubnetSelection;
    readonly serverRange: string;
  };
  readonly edge: {
    /** The only group that admits the internet. (DSS-5.6.3) */
    readonly proxySecurityGroup: ISecurityGroup;
  };
  readonly data: {
    /** Encrypts customers' data. (TOM-5.5) */
    readonly dataKey: IKey;
    /** The first runs of functions, before the alarms on their silence. (TOM-3.4) */
    readonly firstDatapoints: FirstDatapoints;
  };
}

export class AccessStack extends Stack {
  constructor(scope: Construct, id: string, { site, account, network, edge, data, ...props }: AccessStackProps) {
    super(scope, id, props);
    const { key, auditKey, backupsKey, auditArchive, alarmTopic } = account;
    const { firstDatapoints } = data;
    const { vpc } = network;
    const { proxySecurityGroup } = edge;
    const common = { site, key, firstDatapoints, alarmTopic };
    const authority = this.vpnAuthority(site, key);
    new PeopleRoles(this, 'People', { site, key, authority, vpcId: vpc.vpcId });
    trailAlarms(this, { site, alarmTopic });
    new EnvironmentWatchAlarm(this, 'EnvironmentWatch', { site, control: account.environments, firstDatapoints, alarmTopic });
    new PasswordPolicy(this, 'PasswordPolicy', common);
    new CredentialHygiene(this, 'CredentialHygiene', common);
    if (site.settings.access.signIn === 'identity-center') new PermissionSets(this, 'PermissionSets', common);
    const sessions = new SessionService(this, 'Sessions', { site, key });
    new SessionDocument(this, 'SessionDocument', { ...common, sessions });
    new SessionArchive(this, 'SessionArchive', { ...common, auditArchive, auditKey, sessions });
    new OpenPortGuard(this, 'OpenPortGuard', { ...common, vpc, proxySecurityGroup });
    new TamperGuard(this, 'TamperGuard', {
      ...common,
      vpc,
      auditArchive,
      keys: [key, auditKey, data.dataKey, authority.key, backupsKey],
    });
    const certificate = vpnCertificateOf(site);
    if (certificate !== undefined) this.addClientVpn(certificate, authority, { site, account, network, data });
    const address = managementGatewayOf(site);
    if (address !== undefined) this.addManagementVpn(address, { site, account, network, data });
  }

  /** The key and the registry of the VPN's certificate authority; the IT team issues certificates. (TOM-3.2) */
  private vpnAuthority(site: Site, encryptionKey: IKey): VpnAuthority {
    const authority = new Construct(this, 'Vpn');
    serves(authority, 'TOM-3.2');
    const itTeam = this.formatArn({ service: 'iam', region: '', resource: 'role', resourceName: peopleRoleName(site, 'it-team') });
    const key = new SigningKey(authority, 'Key', {
      alias: vpnAuthorityAlias(site),
      description: `Signs the certificates and revocation lists of the VPN of ${site.deployment}`,
      signers: [itTeam],
    });
    const registry = new DataBucket(authority, 'Registry', { site, use: 'vpn-registry', key: encryptionKey });
    return { key, registry, admitSigner: (roleArn) => key.admitSigner(roleArn) };
  }

  /** The handler exists before the endpoint, and the endpoint before the function that renews its list. */
  private addClientVpn(
    certificate: string,
    authority: VpnAuthority,
    { site, account, network, data }: Pick<AccessStackProps, 'site' | 'account' | 'network' | 'data'>,
  ): void {
    const common = { site, key: account.key, alarmTopic: account.alarmTopic };
    const certificateArn = this.formatArn({ service: 'acm', resource: 'certificate', resourceName: certificate });
    const handler = new ConnectionHandler(this, 'ConnectionHandler', { ...common, registry: authority.registry });
    const { endpointId } = new ClientVpn(this, 'ClientVpn', {
      ...{ site, key: account.key, vpc: network.vpc, vpnSubnets: network.vpnSubnets },
      ...{ endpointSubnets: network.serverSubnets, endpointRange: network.serverRange, certificateArn },
      connectionHandler: handler.function,
    });
    const { firstDatapoints } = data;
    new RevocationList(this, 'RevocationList', { ...common, authority, endpointId, firstDatapoints });
  }

  /** The watch follows the connection, whose first log it examines. (TOM-3.1) */
  private addManagementVpn(
    address: string,
    { site, account, network, data }: Pick<AccessStackProps, 'site' | 'account' | 'network' | 'data'>,
  ): void {
    const networks = site.settings.access.managementNetworks.map(({ cidr }) => cidr);
    const { vpc, serverSubnets: endpointSubnets } = network;
    const { gatewayId } = new ManagementRoute(this, 'ManagementRoute', { vpc, endpointSubnets, networks });
    const common = { site, key: account.key, alarmTopic: account.alarmTopic };
    const { connectionId } = new ManagementVpn(this, 'ManagementVpn', { ...common, address, gatewayId });
    new TunnelWatch(this, 'TunnelWatch', { ...common, connectionId, firstDatapoints: data.firstDatapoints });
  }
}
