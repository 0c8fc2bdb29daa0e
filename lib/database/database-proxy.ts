// The way of functions and services to the database: pooled connections, signed in by IAM, over TLS.
import {
  CfnSecurityGroupEgress,
  CfnSecurityGroupIngress,
  type ISecurityGroup,
  type IVpc,
  SecurityGroup,
  type SubnetSelection,
} from 'aws-cdk-lib/aws-ec2';
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnDBProxy, CfnDBProxyTargetGroup } from 'aws-cdk-lib/aws-rds';
import { ArnFormat, Duration, Fn, Stack } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup, type IDependable } from 'constructs';
import { databaseProxyName, proxyLogGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { type DatabaseCluster, databasePort } from './database-cluster';
import { DatabaseLog } from './database-log';

/** The roles that sign in through the proxy; the migrations make them. */
export const databaseUsers = ['rempart_application', 'rempart_maintenance'] as const;
export type DatabaseUser = (typeof databaseUsers)[number];

export interface DatabaseProxyProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Isolated subnets over at least two zones. Changing them replaces the proxy. (TOM-4.2) */
  readonly subnets: SubnetSelection;
  /** Encrypts the proxy's log. (TOM-5.5) */
  readonly key: IKey;
  readonly database: DatabaseCluster;
  /** The schema, with the key of site contexts: without it a database is no target. */
  readonly schema: IDependable;
}

/**
 * IAM all the way: the function signs in to the proxy with a token, and the proxy to the database with one of its own, so that there is
 * no password of these roles anywhere ("Configuring IAM authentication for RDS Proxy", end-to-end IAM authentication). The proxy's own
 * log holds no statements: with them it would be a copy of the data. (TOM-3.10, TOM-5.7)
 *
 * When the cluster is replaced by a restored one, the proxy keeps name and host, which other stacks import: its role is given the new
 * cluster and its targets move, both of them last, once the new database has its schema and the key. Targets change without interruption
 * of the proxy ("AWS::RDS::DBProxyTargetGroup", DBClusterIdentifiers).
 */
export class DatabaseProxy extends Construct {
  /** Host name, to which certificates of Amazon Trust Services belong. */
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
    const { site, vpc, subnets, key, database } = props;
    const dbProxyName = databaseProxyName(site);
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Database proxy: admits the functions that use the database, opens connections to the database alone',
      allowAllOutbound: false,
    });
    this.connectTo(database.securityGroup, this.securityGroup, 'ToDatabase', 'Queries to the database');
    database.admit(this.securityGroup, 'FromProxy', 'Queries of the proxy');
    const log = new DatabaseLog(this, 'Log', { site, name: proxyLogGroupName(dbProxyName), key });
    const { role, policy } = this.signInRole(database);
    this.proxy = new CfnDBProxy(this, 'Proxy', {
      dbProxyName,
      engineFamily: 'POSTGRESQL',
      defaultAuthScheme: 'IAM_AUTH',
      requireTls: true,
      debugLogging: false,
      idleClientTimeout: Duration.minutes(15).toSeconds(),
      roleArn: role.roleArn,
      vpcSubnetIds: vpc.selectSubnets(subnets).subnetIds,
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
    // A cluster without instances is no target.
    for (const instance of database.instances) targets.addResourceDependency(instance);
    targets.node.addDependency(policy, props.schema);
    // The proxy bears the tags; linters and regions do not all know them on its targets yet.
    targets.addPropertyDeletionOverride('Tags');
    this.host = this.proxy.attrEndpoint;
    this.ways.add(targets, policy);
    this.ready = this.ways;
  }

  /** Lets a tier that is named connect to the proxy; who signs in is decided by `connectAs`. (TOM-4.2) */
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

  /** The right to sign in as one of the users ("Creating and using an IAM policy for IAM database access": the id of a proxy is `prx-`). */
  connectAs(...users: readonly DatabaseUser[]): PolicyStatement {
    return signIn(this, Fn.select(6, Fn.split(':', this.proxy.attrDbProxyArn)), users);
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

  private signInRole(database: DatabaseCluster): { readonly role: Role; readonly policy: ManagedPolicy } {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('rds.amazonaws.com'),
      description: 'Lets the database proxy sign in to the database as the roles that use it',
    });
    const policy = new ManagedPolicy(this, 'SignIn', {
      description: 'Sign-in of the database proxy',
      roles: [role],
      statements: [signIn(this, database.cluster.attrDbClusterResourceId, databaseUsers)],
    });
    return { role, policy };
  }
}

function signIn(scope: Construct, resourceId: string, users: readonly DatabaseUser[]): PolicyStatement {
  const resources = users.map((user) =>
    Stack.of(scope).formatArn({
      service: 'rds-db',
      resource: 'dbuser',
      resourceName: `${resourceId}/${user}`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
  );
  return new PolicyStatement({ actions: ['rds-db:connect'], resources });
}
