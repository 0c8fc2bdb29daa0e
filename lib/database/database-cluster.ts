// The database: Aurora PostgreSQL with a writer and readers in different zones, new or restored from a snapshot.

import { CfnSecurityGroupIngress, type ISecurityGroup, type IVpc, SecurityGroup, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnDBCluster, CfnDBClusterParameterGroup, CfnDBInstance, CfnDBSubnetGroup } from 'aws-cdk-lib/aws-rds';
import { CfnDeletionPolicy, Fn, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct, DependencyGroup } from 'constructs';
import { databasePort } from '../config/flows/flow';
import { databaseIdentifier, databaseLogPrefix } from '../config/names';
import type { Site } from '../config/site';
import { backUp } from '../labels/backup';
import { acknowledgeInPacks, declareNotMet, type SharedRuleException } from '../labels/exceptions';
import { classify, serves } from '../labels/labels';
import { DatabaseLog } from './database-log';
import { clusterParameters } from './parameters';

/**
 * 17.7 is the newest release with long-term support: it receives patches only, for at least three years ("Using an
 * Aurora PostgreSQL long-term support (LTS) release"; major version 18 has no such release yet). AWS applies the
 * patches in the maintenance window. The automatic upgrade to a later minor version, which would leave the release, is
 * off ("Amazon Aurora version support", note). Changing the version updates the database in place, with one
 * interruption.
 */
export const databaseVersion = { full: '17.7', family: 'aurora-postgresql17' } as const;

/** Name of the database in the cluster, part of the functions' contract. Changing it replaces the cluster. */
export const databaseName = 'rempart';

/** Exported logs: audited statements and connections, and refused sign-ins with IAM tokens. (TOM-3.6) */
const exportedLogs = ['postgresql', 'iam-db-auth-error'] as const;

/**
 * Both keep six copies in three zones; they differ in what is billed ("Storage configurations for Amazon Aurora DB
 * clusters"). No class of the configuration has local NVMe disks, with which a change restarts the database.
 */
const storageTypes = { standard: 'aurora', 'io-optimized': 'aurora-iopt1' } as const;

export interface DatabaseClusterProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Isolated subnets in at least two zones. Changing them moves the instances. (TOM-4.2, TOM-7.2) */
  readonly isolatedSubnets: SubnetSelection;
  /**
   * Encrypts storage, snapshots, master secret, logs and insights. Changing it replaces the cluster. (TOM-5.5,
   * TOM-7.2)
   */
  readonly key: IKey;
}

/**
 * Only the migrations and the rotation of the context key sign in as the master user; functions for people sign in to
 * the writer too, as roles of their own. RDS generates its password,
 * keeps it in a secret under our key and rotates it every seven days ("Password management with Amazon Aurora and AWS
 * Secrets Manager"). That requires no function, and after a restore RDS sets a new password. (TOM-3.10)
 *
 * Deletion protection is on in every environment; an operator turns it off before a removal. Automated backups are
 * retained for 30 days, the longest time that backups may be kept, also after the cluster is deleted. Deleting the
 * cluster creates a final snapshot; replacing it retains the old cluster, without instances. Only operators delete
 * either. (TOM-6.7, DSS-5.4.3)
 */
export class DatabaseCluster extends Construct {
  readonly cluster: CfnDBCluster;
  /**
   * The writer, and the rules that admit its clients. What uses the database depends on it, and not on the readers: a
   * restored database serves some ten minutes before they exist. (DSS-5.5.1)
   */
  readonly ready = new DependencyGroup();
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: DatabaseClusterProps) {
    super(scope, id);
    serves(this, 'TOM-4.2', 'TOM-5.5', 'TOM-5.7', 'TOM-6.3', 'TOM-6.7', 'TOM-7.2', 'DSS-5.4.3');
    classify(this, 'personal');
    const { site, vpc } = props;
    const identifier = databaseIdentifier(site);
    const logs = exportedLogs.map(
      (log) => new DatabaseLog(this, `Log-${log}`, { site, name: `${databaseLogPrefix(identifier)}/${log}`, key: props.key }),
    );
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Database: connections from its proxy and the migrations, none from the database',
      allowAllOutbound: false,
    });
    this.cluster = this.newCluster(identifier, props);
    this.cluster.node.addDependency(...logs);
    this.cluster.applyRemovalPolicy(RemovalPolicy.SNAPSHOT);
    backUp(this.cluster);
    // A cluster that a restored one replaces is retained: deletion protection would fail its deletion, and it holds
    // the data written after the snapshot.
    this.cluster.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
    this.addInstances(props);
  }

  /** Allows connections from a security group. (TOM-4.2) */
  admit(tier: ISecurityGroup, id: string, description: string): void {
    const rule = new CfnSecurityGroupIngress(this, id, {
      groupId: this.securityGroup.securityGroupId,
      sourceSecurityGroupId: tier.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: databasePort,
      toPort: databasePort,
      description,
    });
    this.ready.add(rule);
  }

  private newCluster(dbClusterIdentifier: string, { site, vpc, isolatedSubnets, key }: DatabaseClusterProps): CfnDBCluster {
    const { data, backup } = site.settings;
    const snapshotIdentifier = data.restoreFrom[site.name];
    const subnetGroup = new CfnDBSubnetGroup(this, 'Subnets', {
      dbSubnetGroupDescription: `Isolated subnets of ${site.deployment}`,
      subnetIds: vpc.selectSubnets(isolatedSubnets).subnetIds,
    });
    const parameters = new CfnDBClusterParameterGroup(this, 'Parameters', {
      description: `Parameters that the clauses require of the database of ${site.deployment}`,
      family: databaseVersion.family,
      parameters: { ...clusterParameters },
    });
    return new CfnDBCluster(this, 'Cluster', {
      dbClusterIdentifier,
      engine: 'aurora-postgresql',
      engineVersion: databaseVersion.full,
      // A snapshot contains its database name and master user.
      ...(snapshotIdentifier ? { snapshotIdentifier } : { databaseName, masterUsername: 'rempart_master' }),
      manageMasterUserPassword: true,
      masterUserSecret: { kmsKeyId: key.keyArn },
      dbSubnetGroupName: subnetGroup.ref,
      vpcSecurityGroupIds: [this.securityGroup.securityGroupId],
      dbClusterParameterGroupName: parameters.ref,
      port: databasePort,
      enableIamDatabaseAuthentication: true,
      enableHttpEndpoint: false,
      // Explicit: without the property a change back to the standard storage has no effect.
      storageType: storageTypes[data.storage],
      storageEncrypted: true,
      kmsKeyId: key.keyArn,
      enableCloudwatchLogsExports: [...exportedLogs],
      databaseInsightsMode: 'standard',
      performanceInsightsEnabled: true,
      performanceInsightsKmsKeyId: key.keyArn,
      performanceInsightsRetentionPeriod: 7,
      serverlessV2ScalingConfiguration: { minCapacity: data.capacity.minimum, maxCapacity: data.capacity.maximum },
      backupRetentionPeriod: backup.retentionDays,
      preferredBackupWindow: `${twoDigitHour(data.backupHour)}:00-${twoDigitHour(data.backupHour)}:30`,
      preferredMaintenanceWindow: maintenanceWindow(site),
      deletionProtection: true,
      deleteAutomatedBackups: false,
      copyTagsToSnapshot: true,
    });
  }

  /**
   * One instance in each zone. The first becomes the writer. Readers in promotion tiers 0 and 1 scale with the writer,
   * those in other tiers by their own load; the writer has the tier of the latter too, because it is a reader after a
   * failover ("How Aurora Serverless v2 works"). (TOM-6.3)
   */
  private addInstances({ site }: DatabaseClusterProps): void {
    const { instanceClass, readers, readerScaling } = site.settings.data;
    if (readers === 0) {
      const reason = 'The configuration has no reader (data.readers): the database has no standby in another zone.';
      declareNotMet(this, { clause: 'TOM-6.3', rule: 'database-standby', reason });
    }
    const instances = ['Writer', 'Reader1', 'Reader2'].slice(0, readers + 1).map((id, zone) => {
      const instance = new CfnDBInstance(this, id, {
        dbClusterIdentifier: this.cluster.ref,
        dbInstanceClass: instanceClass,
        engine: 'aurora-postgresql',
        availabilityZone: Fn.select(zone, Fn.getAzs()),
        promotionTier: readerScaling === 'independent' ? 2 : Math.min(zone, 1),
        publiclyAccessible: false,
        autoMinorVersionUpgrade: false,
        caCertificateIdentifier: 'rds-ca-rsa4096-g1',
        preferredMaintenanceWindow: maintenanceWindow(site),
      });
      // The cluster holds the data.
      instance.applyRemovalPolicy(RemovalPolicy.DESTROY);
      for (const exception of instanceExceptions) acknowledgeInPacks(instance, exception);
      return instance;
    });
    const [writer, ...others] = instances;
    if (writer === undefined) return;
    this.ready.add(writer);
    for (const reader of others) reader.addResourceDependency(writer);
  }
}

const twoDigitHour = (value: number): string => String(value).padStart(2, '0');

function maintenanceWindow({ settings: { data } }: Site): string {
  const { day, hour: from } = data.maintenance;
  return `${day}:${twoDigitHour(from)}:00-${day}:${twoDigitHour(from)}:59`;
}

/** Rules of the packs that an instance does not meet. */
const instanceExceptions: readonly SharedRuleException[] = [
  {
    rule: 'RDSEnhancedMonitoringEnabled',
    packs: ['NIST.800.53.R5', 'HIPAA.Security'],
    reason:
      'Enhanced monitoring writes to the log group RDSOSMetrics, one for the account, which a deployment can neither encrypt nor retain ' +
      'as its own; Database Insights, under our key, shows the load.',
  },
  {
    rule: 'RDSInBackupPlan',
    packs: ['NIST.800.53.R5', 'HIPAA.Security'],
    reason: 'The plan of the backup stack selects the cluster by its tag; the rule looks for a plan in the stack of the instance.',
  },
  {
    rule: 'RDSAutomaticMinorVersionUpgradeEnabled',
    packs: ['HIPAA.Security', 'PCI.DSS.321'],
    reason: 'The upgrade would leave the release with long-term support, whose patches AWS applies in the maintenance window in any case.',
  },
];
