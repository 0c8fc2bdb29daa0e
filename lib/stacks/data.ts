// What holds customers' data: its key, the database with its proxy and schema, the stream, the buckets, and functions that work on it.
import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { noSharedBackupsProbe } from '../config/metrics';
import type { Site } from '../config/site';
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
import { Upkeep } from '../database/upkeep';
import { DataKey, type FleetRole } from '../encryption/data-key';
import { FirstDatapoints } from '../functions/first-datapoint';
import { HitStream } from '../ingest/hit-stream';
import { DataBucket } from '../storage/data-bucket';

export interface DataStackProps extends StackProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Isolated subnets, for databases alone. (TOM-4.2) */
  readonly dataSubnets: SubnetSelection;
  /** Subnets of functions that reach the database. (TOM-4.2) */
  readonly functionSubnets: SubnetSelection;
  /** Encrypts what functions keep besides customers' data: environment, log, dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Encrypts audit records; whom it admits is looked at every day. (TOM-7.4) */
  readonly auditKey: IKey;
  /** The role by which EC2 Auto Scaling starts servers whose disks the data key encrypts. (TOM-5.5) */
  readonly fleetServiceRole: FleetRole;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

export class DataStack extends Stack {
  /** Encrypts customers' data. (TOM-5.5, TOM-7.2) */
  readonly dataKey: IKey;
  /** Exports, and hits once they are archived. */
  readonly archive: IBucket;
  /** What people upload; read by nothing before it is scanned. */
  readonly uploads: IBucket;
  /** Takes hits from the collectors. (TOM-5.1) */
  readonly hits: IStream;
  /** Keeps hits that could not be stored in the database. */
  readonly deadLetters: IBucket;
  /** What collectors read. */
  readonly settings: IBucket;
  /** How functions of other stacks reach the database. (TOM-4.2) */
  readonly databaseAccess: DatabaseAccess;
  /** Waits for the first datapoints of alarms on silence, of this stack and of others. (TOM-3.4) */
  readonly firstDatapoints: FirstDatapoints;

  constructor(scope: Construct, id: string, props: DataStackProps) {
    super(scope, id, props);
    const { site, vpc, dataSubnets, functionSubnets, key } = props;

    const dataKey = new DataKey(this, 'DataKey', { site });
    dataKey.admitFleet(props.fleetServiceRole);
    const database = new DatabaseCluster(this, 'Database', { site, vpc, subnets: dataSubnets, key: dataKey });
    const contextKey = new ContextKey(this, 'ContextKey', { site, key: dataKey });
    const ofDatabase = { site, vpc, subnets: functionSubnets, database, contextKey, key, dataKey };
    const { schema, direct } = new Migrations(this, 'Migrations', ofDatabase);
    new ContextKeyRotation(this, 'ContextKeyRotation', { ...ofDatabase, direct, schema });
    const proxy = new DatabaseProxy(this, 'Proxy', { site, vpc, subnets: dataSubnets, key: dataKey, database, schema });
    const access = new DatabaseAccess(this, 'Access', { vpc, subnets: functionSubnets, proxy, contextKey, dataKey });

    this.dataKey = dataKey;
    this.archive = new DataBucket(this, 'Archive', { site, use: 'archive', key: dataKey });
    this.uploads = new DataBucket(this, 'Uploads', { site, use: 'uploads', key: dataKey });
    this.hits = new HitStream(this, 'Hits', { site, key: dataKey });
    this.deadLetters = new DataBucket(this, 'DeadLetters', { site, use: 'dead-letters', key: dataKey });
    this.settings = new DataBucket(this, 'Settings', { site, use: 'settings', key: dataKey });
    this.databaseAccess = access;

    this.firstDatapoints = new FirstDatapoints(this, 'FirstDatapoints', {
      ...{ site, key },
      invokes: [noSharedBackupsProbe, 'database-upkeep', 'site-snapshot'],
    });

    const common = { site, access, key, schema };
    const watched = { firstDatapoints: this.firstDatapoints, alarmTopic: props.alarmTopic };
    new PersonFunctions(this, 'People', { ...common, archive: this.archive, dataKey });
    new SiteAdmin(this, 'SiteAdmin', { ...common, dataKey });
    new Upkeep(this, 'Upkeep', { ...common, ...watched });
    new NoSharedBackupsProbe(this, 'NoSharedBackups', {
      site,
      key,
      keys: [key, dataKey, props.auditKey],
      ...watched,
    });
    if (site.settings.environment !== 'production') new GeneratedData(this, 'GeneratedData', common);
  }
}
