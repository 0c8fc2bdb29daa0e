// RDS Proxy: functions and services use the database through pooled connections, with IAM authentication over TLS.

import {
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  type ISecurityGroup,
  type IVpc,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnDBProxy, CfnDBProxyTargetGroup } from 'aws-cdk-lib/aws-rds';
import { Duration, Fn } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { databasePort } from '../config/flows/flow';
import { databaseProxyName, proxyLogGroupName } from '../config/names';
import { proxyCalls } from '../config/service-calls';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { classify, serves } from '../labels/labels';
import type { DatabaseCluster } from './database-cluster';
import { DatabaseLog } from './database-log';

/** Database roles that sign in through the proxy; the migrations create them. */
export const databaseUsers = ['rempart_application', 'rempart_maintenance'] as const;
export type DatabaseUser = (typeof databaseUsers)[number];

export interface DatabaseProxyProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Isolated subnets in at least two zones. Changing them replaces the proxy. (TOM-4.2) */
  readonly isolatedSubnets: SubnetSelection;
  /** Encrypts the proxy's log. (TOM-5.5) */
  readonly key: IKey;
  readonly database: DatabaseCluster;
  /** The schema, with the key of site contexts; a database becomes a target after it. */
  readonly schema: IDependable;
}

/**
 * End-to-end IAM authentication: the function signs in to the proxy with a token, and the proxy to the database with
 * another, so these roles have no password ("Configuring IAM authentication for RDS Proxy"). The log of the proxy
 * contains no statements, which would make it a copy of the data. (TOM-3.10, TOM-5.7)
 *
 * When a restored cluster replaces the cluster, the proxy keeps its name and its host, which other stacks import. Its
 * role and its targets are updated last, after the new database has the schema and the key. Changing targets does not
 * interrupt the proxy ("AWS::RDS::DBProxyTargetGroup", DBClusterIdentifiers).
 */
export class DatabaseProxy extends Construct {
  /** Host name, with a certificate of Amazon Trust Services. */
  readonly host: string;
  /** Targets, sign-in and the ways in: before these are deployed, every connection through the proxy fails. */
  readonly ready: IDependable;
  private readonly ways = new DependencyGroup();
  private readonly securityGroup: SecurityGroup;
  private readonly proxy: CfnDBProxy;

  constructor(scope: Construct, id: string, props: DatabaseProxyProps) {
    super(scope, id);
    serves(this, 'TOM-4.2', 'TOM-5.7', 'TOM-3.10');
    classify(this, 'personal');
    const { site, vpc, isolatedSubnets, key, database } = props;
    const dbProxyName = databaseProxyName(site);
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Database proxy: connections from functions that use the database, and to the database only',
      allowAllOutbound: false,
    });
    const wayOut = this.connectTo(database.securityGroup, this.securityGroup, 'ToDatabase', 'Queries to the database');
    database.admit(this.securityGroup, 'FromProxy', 'Queries of the proxy');
    const log = new DatabaseLog(this, 'Log', { site, name: proxyLogGroupName(dbProxyName), key });
    const { role, policy } = this.signInRole(props);
    this.proxy = new CfnDBProxy(this, 'Proxy', {
      dbProxyName,
      engineFamily: 'POSTGRESQL',
      defaultAuthScheme: 'IAM_AUTH',
      requireTls: true,
      debugLogging: false,
      idleClientTimeout: Duration.minutes(15).toSeconds(),
      roleArn: role.roleArn,
      vpcSubnetIds: vpc.selectSubnets(isolatedSubnets).subnetIds,
      vpcSecurityGroupIds: [this.securityGroup.securityGroupId],
    });
    this.proxy.node.addDependency(log);
    policy.node.addDependency(props.schema);
    const targets = new CfnDBProxyTargetGroup(this, 'Targets', {
      dbProxyName: this.proxy.ref,
      targetGroupName: 'default',
      dbClusterIdentifiers: [database.cluster.ref],
      connectionPoolConfigurationInfo: { maxConnectionsPercent: 90, maxIdleConnectionsPercent: 30, connectionBorrowTimeout: 30 },
    });
    // A cluster without instances is not a valid target.
    targets.node.addDependency(policy, props.schema, wayOut, database.ready);
    // The proxy has the tags; not all linters and regions support tags on the target group yet.
    targets.addPropertyDeletionOverride('Tags');
    this.host = this.proxy.attrEndpoint;
    this.ways.add(targets, policy);
    this.ready = this.ways;
  }

  /** Allows connections from a security group; `connectAs` gives the permission to sign in. (TOM-4.2) */
  admit(tier: ISecurityGroup, id: string, description: string): void {
    const wayIn = new CfnSecurityGroupIngress(this, `From${id}`, {
      groupId: this.securityGroup.securityGroupId,
      sourceSecurityGroupId: tier.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: databasePort,
      toPort: databasePort,
      description,
    });
    this.ways.add(wayIn, this.connectTo(this.securityGroup, tier, `Of${id}`, 'Queries to the database proxy'));
  }

  /** Resource id, as sign-ins name it (`prx-...`; "Creating and using an IAM policy for IAM database access"). */
  get resourceId(): string {
    return Fn.select(6, Fn.split(':', this.proxy.attrDbProxyArn));
  }

  private connectTo(to: ISecurityGroup, from: ISecurityGroup, id: string, description: string): CfnSecurityGroupEgress {
    return new CfnSecurityGroupEgress(this, id, {
      groupId: from.securityGroupId,
      destinationSecurityGroupId: to.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: databasePort,
      toPort: databasePort,
      description,
    });
  }

  private signInRole({ site, database }: DatabaseProxyProps): { readonly role: Role; readonly policy: ManagedPolicy } {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('rds.amazonaws.com'),
      description: 'Allows the database proxy to sign in to the database',
    });
    const policy = new ManagedPolicy(this, 'SignIn', {
      description: 'Sign-in of the database proxy',
      roles: [role],
      statements: callStatements(this, proxyCalls, {
        site,
        arns: { 'data/DatabaseCluster.DBClusterResourceId': database.cluster.attrDbClusterResourceId },
      }),
    });
    return { role, policy };
  }
}
