// Customers' data: its key, the database with its proxy and schema, the stream of hits, the buckets, and the functions
// that use them.
import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { DataBucketUse } from '../config/names';
import { copyRegion, type Site } from '../config/site';
import { ContextKey } from '../database/context-key';
import { ContextKeyRotation } from '../database/context-key-rotation';
import { DatabaseAccess } from '../database/database-access';
import { DatabaseCluster } from '../database/database-cluster';
import { DatabaseProxy } from '../database/database-proxy';
import { GeneratedData } from '../database/generated-data';
import { Migrations } from '../database/migrations';
import { NoSharedBackupsProbe } from '../database/no-shared-backups-probe';
import { PersonFunctions } from '../database/person-functions';
import { SiteAdmin } from '../database/site-admin';
import { StaffFunctions } from '../database/staff-functions';
import { Upkeep } from '../database/upkeep';
import { DataKey, type FleetRole } from '../encryption/data-key';
import { FirstDatapoints } from '../functions/first-datapoint';
import { HitStream } from '../ingest/hit-stream';
import { Lake, lakeRoleArn } from '../lake/lake';
import { ArchiveReplication, declareUnreplicated } from '../storage/archive-replication';
import { DataBucket } from '../storage/data-bucket';

export interface DataStackProps extends StackProps {
  readonly site: Site;
  readonly account: {
    /** Encrypts environments, logs and dead letters of functions. (TOM-5.5) */
    readonly key: IKey;
    /** Encrypts audit records; its policy and grants are probed every day. (TOM-7.4) */
    readonly auditKey: IKey;
    /**
     * Service-linked role with which EC2 Auto Scaling launches servers whose disks the data key encrypts. (TOM-5.5)
     */
    readonly fleetServiceRole: FleetRole;
    /** Notifies people. (TOM-3.4) */
    readonly alarmTopic: ITopic;
  };
  readonly network: {
    readonly vpc: IVpc;
    /** Subnets of databases only. (TOM-4.2) */
    readonly isolatedSubnets: SubnetSelection;
    /** Subnets of functions that use the database. (TOM-4.2) */
    readonly functionSubnets: SubnetSelection;
  };
}

export class DataStack extends Stack {
  /** Encrypts customers' data. (TOM-5.5, TOM-7.2) */
  readonly dataKey: IKey;
  /** Keeps exports and archived hits. */
  readonly archive: IBucket;
  /** Keeps uploads of people; nothing reads an upload before it is scanned. */
  readonly uploads: IBucket;
  /** Receives hits from the collectors. (TOM-5.1) */
  readonly hitStream: IStream;
  /** Keeps hits that could not be stored in the database. */
  readonly deadLetters: IBucket;
  /** Holds the snapshot of sites, which collectors read. */
  readonly settingsBucket: IBucket;
  /** Network, permissions and environment with which functions of any stack use the database. (TOM-4.2) */
  readonly databaseAccess: DatabaseAccess;
  /** Waits for the first datapoints of alarms on silence, of this stack and of others. (TOM-3.4) */
  readonly firstDatapoints: FirstDatapoints;

  constructor(scope: Construct, id: string, { site, account, network, ...props }: DataStackProps) {
    super(scope, id, props);
    const { key, auditKey, alarmTopic } = account;

    const dataKey = new DataKey(this, 'DataKey', { site });
    dataKey.admitFleet(account.fleetServiceRole);
    const bucket = (name: string, use: DataBucketUse) => new DataBucket(this, name, { site, use, key: dataKey });
    this.dataKey = dataKey;
    const archive = bucket('Archive', 'archive');
    this.archive = archive;
    this.uploads = bucket('Uploads', 'uploads');
    this.deadLetters = bucket('DeadLetters', 'dead-letters');
    this.settingsBucket = bucket('Settings', 'settings');
    const region = copyRegion(site);
    if (region !== undefined) new ArchiveReplication(this, 'ArchiveReplication', { site, region, archive, dataKey, alarmTopic });
    else declareUnreplicated(archive);
    this.hitStream = new HitStream(this, 'Hits', { site, key: dataKey });

    const { schema, databaseAccess } = this.addDatabase(site, network, key, dataKey);
    this.databaseAccess = databaseAccess;
    const firstDatapoints = new FirstDatapoints(this, 'FirstDatapoints', {
      site,
      key,
    });
    this.firstDatapoints = firstDatapoints;

    const common = { site, key, schema, databaseAccess };
    const watched = { site, key, firstDatapoints, alarmTopic };
    const people = new PersonFunctions(this, 'People', {
      ...common,
      archive: this.archive,
      lakeReader: lakeRoleArn(this, site, 'lake-reader'),
    });
    new Lake(this, 'Lake', { ...common, ...watched, archive: this.archive, dataKey, readers: [people.export] });
    new SiteAdmin(this, 'SiteAdmin', { ...common, dataKey });
    new Upkeep(this, 'Upkeep', { ...common, ...watched });
    new NoSharedBackupsProbe(this, 'NoSharedBackups', {
      ...watched,
      keys: { 'account/DeploymentKey': key, 'data/DataKey': dataKey, 'account/AuditKey': auditKey },
    });
    if (site.settings.environment !== 'production') new GeneratedData(this, 'GeneratedData', common);
  }

  /** The database, its schema, and the proxy through which functions use it. */
  private addDatabase(site: Site, network: DataStackProps['network'], key: IKey, dataKey: IKey) {
    const { vpc, isolatedSubnets, functionSubnets } = network;
    const database = new DatabaseCluster(this, 'Database', { site, vpc, isolatedSubnets, key: dataKey });
    const contextKey = new ContextKey(this, 'ContextKey', { site, key: dataKey });
    const common = { site, vpc, functionSubnets, database, contextKey, key, dataKey };
    const { schema, direct } = new Migrations(this, 'Migrations', common);
    new ContextKeyRotation(this, 'ContextKeyRotation', { ...common, direct, schema });
    new StaffFunctions(this, 'Staff', { ...common, direct, schema });
    const proxy = new DatabaseProxy(this, 'Proxy', { site, vpc, isolatedSubnets, key: dataKey, database, schema });
    return { schema, databaseAccess: new DatabaseAccess(this, 'Access', { vpc, functionSubnets, proxy, contextKey, dataKey }) };
  }
}
