// The VPC over three zones, its firewalls, routes and endpoints, and the records of its traffic.
import type { IVpc, SecurityGroup, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Fn, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { managementGatewayOf, type Site, vpnCertificateOf } from '../config/site';
import { declareNotMet } from '../labels/exceptions';
import { addressPlan, tiersWith, zoneCount } from '../network/address-plan';
import { DefaultSecurityGroup } from '../network/default-security-group';
import { DnsFirewall } from '../network/dns-firewall';
import { EgressFirewall } from '../network/egress-firewall';
import { EgressRoutes } from '../network/egress-routes';
import { Endpoints } from '../network/endpoints';
import { FlowRecords } from '../network/flow-records';
import { LogDelivery } from '../network/log-delivery';
import { NatGateways } from '../network/nat-gateways';
import { NetworkAcls } from '../network/network-acls';
import { PublicAccessBlock } from '../network/public-access-block';
import { RecordLog } from '../network/record-log';
import { ThreeZoneVpc } from '../network/three-zone-vpc';

export interface NetworkStackProps extends StackProps {
  readonly site: Site;
  readonly account: {
    /** Encrypts the log groups of the network. (TOM-5.5) */
    readonly key: IKey;
    /** Receives the flow logs. (TOM-3.6) */
    readonly auditArchive: IBucket;
  };
}

export class NetworkStack extends Stack {
  readonly vpc: IVpc;
  /** Subnets of load balancers: reachable from the internet on ports 80 and 443. (DSS-5.6.3) */
  readonly proxySubnets: SubnetSelection = { subnetGroupName: 'public' };
  /** Subnets of servers: no public addresses, no connections from the internet. (DSS-5.6.2) */
  readonly serverSubnets: SubnetSelection = { subnetGroupName: 'private' };
  /** Subnets of functions that reach a database. (TOM-4.2) */
  readonly functionSubnets: SubnetSelection = { subnetGroupName: 'functions' };
  /** Subnets of databases: connections come from servers and functions only, and none leave. (TOM-4.2) */
  readonly isolatedSubnets: SubnetSelection = { subnetGroupName: 'isolated' };
  /** Subnets of the interfaces of Client VPN, where the site has one. (TOM-3.2) */
  readonly vpnSubnets: SubnetSelection = { subnetGroupName: 'vpn' };
  /** Range of all subnets of servers, and of nothing else. (DSS-5.6.3) */
  readonly serverRange: string;
  /** Security group of the endpoints of AWS services. */
  readonly endpointSecurityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: NetworkStackProps) {
    super(scope, id, props);
    const { site } = props;
    const { key, auditArchive } = props.account;
    const { vpcCidr, sharedNat, firewall, blockPublicAccess } = site.settings.network;

    this.declareReducedEgress(site);
    this.declareRecoveryOff(site);
    const plan = addressPlan(vpcCidr);
    const optional = { firewall, vpn: vpnCertificateOf(site) !== undefined };
    const vpc = new ThreeZoneVpc(this, 'Vpc', { cidr: vpcCidr, plan, optional });

    const nat = new NatGateways(this, 'Nat', { vpc, shared: sharedNat });
    const queryLog = new RecordLog(this, 'DnsQueries', { site, key, log: 'dns-queries' });
    const firewallLogs = firewall ? this.firewallLogs(site, key) : undefined;
    const logGroups = [queryLog, ...Object.values(firewallLogs ?? {})];
    const delivery = new LogDelivery(this, 'LogDelivery', { site, logGroups });
    const egressFirewall = firewallLogs && new EgressFirewall(this, 'EgressFirewall', { site, vpc, ...firewallLogs });
    egressFirewall?.logging.node.addDependency(delivery);
    new EgressRoutes(this, 'EgressRoutes', { vpc, nat, firewallEndpoints: egressFirewall?.endpointIds });
    const dnsFirewall = new DnsFirewall(this, 'DnsFirewall', { site, vpcId: vpc.vpcId, queryLog });
    dnsFirewall.logging.node.addDependency(delivery);

    const management = managementGatewayOf(site) === undefined ? [] : site.settings.access.managementNetworks.map(({ cidr }) => cidr);
    const { instanceConnect } = site.settings.access;
    new NetworkAcls(this, 'Acl', { vpc, vpcCidr, plan, optional, management, instanceConnect });
    new DefaultSecurityGroup(this, 'DefaultSecurityGroup', { site, vpc, key });
    if (blockPublicAccess) new PublicAccessBlock(this, 'PublicAccessBlock', { reachable: vpc.tier('public') });
    const others = tiersWith(optional).filter((tier) => tier !== 'public');
    const subnets = Object.fromEntries(others.map((tier) => [tier, vpc.tier(tier)]));
    new FlowRecords(this, 'FlowRecords', { vpcId: vpc.vpcId, subnets, archive: auditArchive });

    this.vpc = vpc.shared;
    this.serverRange = plan.private.cidr;
    this.endpointSecurityGroup = new Endpoints(this, 'Endpoints', { site, vpc, plan, vpn: optional.vpn, management }).securityGroup;
  }

  /**
   * The first three zones of the region, resolved by `Fn::GetAZs` at deployment: no zone is hard-coded or looked up
   * (TOM-6.10). CloudFormation lists the zones in which the account has a default subnet, or all zones if it has none.
   * The zones change only when the default subnets do.
   */
  override get availabilityZones(): string[] {
    return Array.from({ length: zoneCount }, (_, zone) => Fn.select(zone, Fn.getAzs()));
  }

  /**
   * Declares the clauses that a configuration outside production may leave unmet. The findings are on subnets of all
   * tiers.
   */
  private declareReducedEgress({ settings: { network } }: Site): void {
    if (network.sharedNat) {
      const reason = 'network.sharedNat: all zones use the NAT gateway of the first zone.';
      declareNotMet(this, { clause: 'TOM-6.5', rule: 'egress-per-zone', reason });
    }
    if (!network.firewall) {
      const reason = 'network.firewall: no Network Firewall filters egress.';
      declareNotMet(this, { clause: 'TOM-6.6', rule: 'egress-filtering', reason });
    }
  }

  /** Declares the clauses of a recovery site that has no Site-to-Site VPN. The finding is on the VPC. (TOM-3.1) */
  private declareRecoveryOff({ name, settings: { access } }: Site): void {
    const { recoveryOff } = access.managementGateway;
    if (name !== 'recovery' || recoveryOff === undefined) return;
    const reason = `access.managementGateway.recoveryOff: ${recoveryOff}`;
    declareNotMet(this, { clause: 'TOM-3.1', rule: 'management-vpn', reason });
  }

  private firewallLogs(site: Site, key: IKey) {
    return {
      alertLog: new RecordLog(this, 'FirewallAlerts', { site, key, log: 'firewall-alerts' }),
      flowLog: new RecordLog(this, 'FirewallFlows', { site, key, log: 'firewall-flows' }),
    };
  }
}
