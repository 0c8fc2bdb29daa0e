// Costs of the stream, the database and its proxy.
import { databaseClass } from '../prices/data';
import { daysInMonth, hoursInMonth, secondsInMonth } from '../prices/prices';
import { at, type Resource } from '../resources';
import { type Charge, type Context, type Coster, charge, ofType } from './charge';

const stream: Coster = (found, context) => {
  const fanOut = ofType(context, 'AWS::Kinesis::StreamConsumer').length;
  const ownReaders = ofType(context, 'AWS::KinesisFirehose::DeliveryStream').filter(
    ({ properties }) => at(properties, 'DeliveryStreamType') === 'KinesisStreamAsSource',
  );
  // Each reader that is no fan-out consumer reads every byte once: the ingest and each delivery.
  const readers = Math.max(0, 1 + ownReaders.length - fanOut);
  const forms = { 'on-demand': onDemand, advantage, provisioned } as const;
  return forms[context.shape.streamMode](found.length, { readers, fanOut }, context);
};

interface Readers {
  readonly readers: number;
  readonly fanOut: number;
}

type StreamForm = (streams: number, readers: Readers, context: Context) => readonly Charge[];

/** GB-months beyond the first 24 hours. */
const keptGb = ({ traffic, shape }: Context): number => (traffic.hitGb * Math.max(0, shape.streamHours / 24 - 1)) / daysInMonth;

const onDemand: StreamForm = (streams, { readers, fanOut }, context) => [
  charge('stream', 'streamHour', streams * hoursInMonth),
  charge('in', 'streamInGb', context.traffic.hitGb),
  charge('out', 'streamOutGb', context.traffic.hitGb * readers),
  charge('fan-out', 'streamFanOutGb', context.traffic.hitGb * fanOut),
  charge('kept beyond 24 hours', 'streamKeptGb', keptGb(context)),
];

const advantage: StreamForm = (_streams, { readers, fanOut }, context) => [
  charge('in', 'advantageInGb', Math.max(context.traffic.hitGb, (context.traffic.assumed.advantageFloor * secondsInMonth) / 1000)),
  charge('out', 'advantageOutGb', context.traffic.hitGb * (readers + fanOut)),
  charge('kept beyond 24 hours', 'streamKeptGb', keptGb(context)),
];

const provisioned: StreamForm = (_streams, { fanOut }, { traffic, shape }) => [
  charge('shards', 'shardHour', traffic.shards * hoursInMonth),
  charge('PUT units', 'shardPuts', (traffic.hitGb * 1e9) / 25_000 / 1e6),
  charge('kept beyond 24 hours', 'shardKeptHour', shape.streamHours > 24 ? traffic.shards * hoursInMonth : 0),
  charge('fan-out of shards', 'fanOutHour', fanOut * traffic.shards * hoursInMonth),
  charge('fan-out', 'fanOutGb', fanOut * traffic.hitGb),
];

/** Storage, I/O and transfer. The free allowance of backups equals the size of the cluster. */
const cluster: Coster = (found, { traffic, shape }) => {
  const { writeIo, visitorIo, optimizedGb, crossZoneShare, billedBackups } = traffic.assumed;
  const io = (perHit: number): number => (shape.ioOptimized ? 0 : (traffic.hits * perHit) / 1e6);
  const masterSecrets = found.filter(({ properties }) => properties.ManageMasterUserPassword === true).length;
  return [
    charge('storage', 'databaseGb', traffic.databaseGb * (shape.ioOptimized ? optimizedGb : 1)),
    charge('backups beyond the free allowance', 'databaseBackupGb', traffic.databaseGb * billedBackups),
    charge('I/O', 'databaseIo', io(writeIo + (shape.visitorIndex ? visitorIo : 0))),
    charge('I/O of the export to the lake', 'databaseIo', io(shape.hitsLiveIn === 'lake' ? traffic.exportPagesPerHit : 0)),
    charge('hits from other zones', 'crossZoneGb', traffic.hitGb * crossZoneShare * 2),
    charge('secret of the master user', 'secretMonth', masterSecrets),
  ];
};

const serverless = 'db.serverless';

const classesOf = (found: readonly Resource[]): readonly string[] => found.map(({ properties }) => String(properties.DBInstanceClass));

/** The capacity of Serverless v2, or instances of another class; a cluster has one of both. */
const instances: Coster = (found, { traffic, shape }) => {
  const ratio = shape.ioOptimized ? traffic.assumed.optimizedAcu : 1;
  const fixed = classesOf(found).filter((name) => name !== serverless);
  return [
    charge('capacity', 'acuHour', fixed.length > 0 ? 0 : traffic.clusterAcu * hoursInMonth * ratio),
    ...fixed.map((name) => charge(`instance ${name}`, databaseClass(name).price, hoursInMonth * ratio)),
  ];
};

/** RDS Proxy bills the capacity behind it: 8 ACU at least, or 2 virtual processors of another class at least. */
const proxy: Coster = (found, context) => {
  const { clusterAcu, assumed } = context.traffic;
  const fixed = classesOf(ofType(context, 'AWS::RDS::DBInstance')).filter((name) => name !== serverless);
  const processors = fixed.reduce((sum, name) => sum + databaseClass(name).processors, 0);
  const capacity = fixed.length > 0 ? Math.max(2, processors) : Math.max(assumed.proxyAcu, clusterAcu);
  return [charge('proxied capacity', 'proxyAcuHour', found.length * capacity * hoursInMonth)];
};

/** Backups a day into a vault (BackupPlan). */
const backupsADay = 2;

/** Suffix of the name of the vault that receives the copies. */
const copies = /-copies$/;

/**
 * Each backup leaves a copy of the database in the other region, whole, for the days of the lock. A snapshot in the
 * own region is within the retention of Aurora's own backups, and not charged ("Understanding Amazon Aurora backup
 * storage usage", SnapshotStorageUsed). Buckets are not charged: uploads and settings have no flow in this model.
 */
const vaults: Coster = (found, { traffic }) =>
  found.flatMap(({ properties }) => {
    const days = Number(at(properties, 'LockConfiguration', 'MaxRetentionDays'));
    if (!copies.test(String(properties.BackupVaultName))) return [];
    return [
      charge('copies of the database', 'vaultDatabaseGb', traffic.databaseGb * days * backupsADay),
      charge('transfer of copies', 'vaultCopyGb', traffic.databaseGb * daysInMonth * backupsADay),
    ];
  });

export const dataLines: Readonly<Record<string, Coster>> = {
  'AWS::Backup::BackupVault': vaults,
  'AWS::Kinesis::Stream': stream,
  'AWS::RDS::DBCluster': cluster,
  'AWS::RDS::DBInstance': instances,
  'AWS::RDS::DBProxy': proxy,
};
