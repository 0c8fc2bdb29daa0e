// The values that templates lack: each with its unit, meaning and source. None was measured on an account.

export interface Assumption {
  readonly value: number;
  readonly unit: string;
  readonly meaning: string;
  readonly source: string;
}

const estimates = 'prices.md, Assumptions';
const chosen = 'chosen, not measured';

export const assumptions = {
  hitBytes: { value: 1000, unit: 'bytes', meaning: 'a hit on the stream', source: estimates },
  headerBytes: { value: 700, unit: 'bytes', meaning: 'headers of a request, in', source: estimates },
  answerBytes: { value: 350, unit: 'bytes', meaning: 'answer of a request, out', source: estimates },
  handshakeBytes: { value: 5000, unit: 'bytes', meaning: 'a full TLS handshake with an RSA 4096 certificate, out', source: estimates },
  resumedBytes: { value: 500, unit: 'bytes', meaning: 'a resumed TLS handshake, out', source: chosen },
  resumedShare: { value: 0, unit: 'share', meaning: 'new connections that resume a session', source: estimates },
  requestsPerConnection: {
    value: 3,
    unit: 'requests',
    meaning: 'requests of a connection that ends after 60 idle seconds',
    source: estimates,
  },
  laterRequests: {
    value: 2,
    unit: 'requests',
    meaning: 'further requests of a connection that ends after 120 idle seconds',
    source: chosen,
  },
  activeShare: {
    value: 0.5,
    unit: 'share',
    meaning: 'intervals of a connection in which packets flow',
    source: '3 records a connection, prices.md',
  },
  flowRecordBytes: { value: 275, unit: 'bytes', meaning: 'a flow record before compression', source: estimates },
  flowCompression: { value: 8, unit: 'to 1', meaning: 'flow records in Parquet', source: 'derived from prices.md, flow logs' },
  quietFlowGb: { value: 10, unit: 'GB a month', meaning: 'flow records without a hit', source: 'derived from prices.md, flow logs idle' },
  accessLineBytes: { value: 700, unit: 'bytes', meaning: 'line of the access log of a request', source: estimates },
  textCompression: { value: 5, unit: 'to 1', meaning: 'gzip of access logs and of hits in JSON', source: estimates },
  firewallGb: { value: 20, unit: 'GB a month', meaning: 'traffic through the network firewall', source: 'prices.md, Estimates' },
  dnsQueries: { value: 2, unit: 'million a month', meaning: 'queries that the DNS firewall filters', source: chosen },
  lcuForAddresses: {
    value: 25,
    unit: 'LCU',
    meaning: 'capacity that the load balancer adds with one address a zone',
    source: 'derived from prices.md, public IPv4',
  },
  serverHits: { value: 20_000, unit: 'hits a second', meaning: 'capacity of one server', source: 'ADR 9' },
  detailedMetrics: {
    value: 7,
    unit: 'metrics',
    meaning: 'detailed monitoring of one server',
    source: 'CloudWatch pricing, EC2 detailed monitoring',
  },
  rowBytes: {
    value: 1200,
    unit: 'bytes',
    meaning: 'a hit of 1 kB in the database without the visitor index',
    source: `${estimates}: 1,300 with both indexes`,
  },
  visitorIndexBytes: { value: 100, unit: 'bytes', meaning: 'a hit in the visitor index', source: chosen },
  writeIo: { value: 0.4, unit: 'I/O a hit', meaning: 'writing a row', source: estimates },
  visitorIo: { value: 1, unit: 'I/O a hit', meaning: 'reading a page of the visitor index, which outgrows memory', source: estimates },
  quietDatabaseGb: { value: 10, unit: 'GB', meaning: 'the database without hits', source: 'derived from prices.md, Aurora storage idle' },
  proxyAcu: { value: 8, unit: 'ACU', meaning: 'least that RDS Proxy bills', source: 'prices.md [22]' },
  optimizedAcu: { value: 0.16 / 0.12, unit: 'ratio', meaning: 'I/O-Optimized to standard, ACU', source: 'prices.md [5]' },
  optimizedGb: { value: 0.23 / 0.1, unit: 'ratio', meaning: 'I/O-Optimized to standard, storage', source: 'prices.md [5]' },
  crossZoneShare: {
    value: 2 / 3,
    unit: 'share',
    meaning: 'hits that reach the database from another zone',
    source: 'prices.md, between zones',
  },
  onDemandShards: {
    value: 4,
    unit: 'shards',
    meaning: 'least of an on-demand stream, and of a provisioned one here',
    source: 'prices.md, Kinesis provisioned',
  },
  onDemandRoom: { value: 2, unit: 'ratio', meaning: 'shards of an on-demand stream to its rate', source: 'ADR 9' },
  provisionedRoom: {
    value: 1.2,
    unit: 'ratio',
    meaning: 'shards of a provisioned stream to its rate',
    source: 'prices.md: 24 shards at 20 MB/s',
  },
  dayPeak: { value: 5 / 3, unit: 'ratio', meaning: 'peak of a day to its mean', source: 'the evening of npm run simulate:scaling' },
  advantageFloor: { value: 25, unit: 'MB/s', meaning: 'least that Kinesis advantage bills', source: 'prices.md [11]' },
  invocationSeconds: {
    value: 0.043,
    unit: 's',
    meaning: 'an invocation of the ingest without its hits',
    source: 'fits 0.4 and 1.5 GB-seconds a second, prices.md',
  },
  ingestSeconds: { value: 0.00058, unit: 's', meaning: 'a hit in the ingest', source: 'fits 0.4 and 1.5 GB-seconds a second, prices.md' },
  scheduledSeconds: { value: 3, unit: 's', meaning: 'a scheduled run of a function', source: chosen },
  redactedBytes: { value: 20_000_000, unit: 'bytes a GB-second', meaning: 'access log that the redaction processes', source: chosen },
  deliveryMb: { value: 64, unit: 'MB', meaning: 'a file of the delivery at most', source: 'SizeInMBs of the template' },
  deliverySeconds: { value: 300, unit: 's', meaning: 'a file of the delivery at most', source: 'IntervalInSeconds of the template' },
  lakeBytes: {
    value: 100,
    unit: 'bytes',
    meaning: 'a hit in a Parquet file with zstd',
    source: 'npm run bench:lake: 46.2 of 505.6 bytes in JSON, generated hits',
  },
  lakeRows: { value: 100_000, unit: 'rows', meaning: 'an object of the lake at most', source: 'lambda/lake/lake-export/limits.ts' },
  encodedRows: {
    value: 76_842,
    unit: 'rows a CPU second',
    meaning: 'encoding in the export to the lake',
    source: 'npm run bench:lake, this machine, not Lambda',
  },
  exportedRows: {
    value: 20_000,
    unit: 'rows a second',
    meaning: 'reading from PostgreSQL in the export to the lake, one function with 2 GB',
    source: chosen,
  },
  exportSeconds: {
    value: 21_600,
    unit: 's an hour',
    meaning: 'the export to the lake, 30 runs an hour on different days: 900 of its timeout each, less 180 in which it begins no object',
    source: 'rate(2 minutes) and Timeout of the template, lambda/lake/lake-export/handler.ts',
  },
  billedBackups: {
    value: 0,
    unit: 'share',
    meaning:
      'backups of the cluster beyond the free allowance, which equals its size; a window whose rows are replaced in 30 days can exceed it',
    source: estimates,
  },
  pageBytes: {
    value: 8192,
    unit: 'bytes',
    meaning: 'a page of PostgreSQL, of which Aurora bills a read as one I/O',
    source: 'Aurora pricing',
  },
  aggregateBytes: { value: 100_000, unit: 'bytes', meaning: 'aggregates of a site and day in the database', source: chosen },
  hotDays: {
    value: 35,
    unit: 'days',
    meaning: 'window of hits in the database, where the templates have none',
    source: 'issue 14, data.hotDays',
  },
  trailEvents: { value: 2_000_000, unit: 'a month', meaning: 'management events', source: estimates },
  trailEventBytes: { value: 1500, unit: 'bytes', meaning: 'a management event in the log group', source: chosen },
  quietLogGb: { value: 0.05, unit: 'GB a month', meaning: 'lines of a log group', source: chosen },
  keyRequests: { value: 0.3, unit: 'million a month', meaning: 'requests to KMS, with bucket keys', source: chosen },
} as const satisfies Readonly<Record<string, Assumption>>;

export type AssumptionName = keyof typeof assumptions;

/** The values in use; a lever or a caller may replace some. */
export type Assumed = Readonly<Record<AssumptionName, number>>;

export function assumed(replaced: Partial<Assumed> = {}): Assumed {
  const values = Object.entries(assumptions).map(([name, { value }]) => [name, value]);
  return { ...(Object.fromEntries(values) as Assumed), ...replaced };
}

/** ACU of each instance by load, in hits a second; straight lines between. (prices.md, Assumptions; not measured) */
export const acuByLoad: readonly (readonly [hitsPerSecond: number, acu: number])[] = [
  [0, 2],
  [100, 2.5],
  [2000, 8],
  [20_000, 16],
];
