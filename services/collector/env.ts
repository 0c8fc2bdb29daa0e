// Environment contract between construct and program.
import { type Forms, metricNamespace, optional, readVariables, type Variables } from '../../runtime/environment';

/** Environment of the service `collector`. Variables with a default are optional. */
export interface CollectorEnvironment {
  /** Address to listen on. @default 0.0.0.0 */
  readonly HOST?: string;
  /** Port, in digits; 0 selects a free port, which is logged. @default 8080 */
  readonly PORT?: string;
  /** Folder of the spool, on the mirrored disks. (TOM-6.2) */
  readonly SPOOL_FOLDER: string;
  /** Size limit of the spool in bytes, in digits; above it hits are answered 503. @default 8 GiB */
  readonly SPOOL_LIMIT_BYTES?: string;
  /** Longest wait of a hit for its group commit, in milliseconds: 0 to 100. @default 5 */
  readonly COMMIT_DELAY_MS?: string;
  /** `off` disables fsync, for benchmarks only. @default on */
  readonly DURABLE?: 'on' | 'off';
  /** Name of the Kinesis stream. */
  readonly STREAM_NAME: string;
  /** Endpoint of an emulator on this machine, as in `http://127.0.0.1:4567`. @default - Kinesis */
  readonly STREAM_ENDPOINT?: string;
  readonly AWS_REGION: string;
  /** The site snapshot: `s3://<bucket>/<key>` or `file:///<path>`. */
  readonly SITES_SOURCE: string;
  /** The sites' keys: `secretsmanager:<prefix>`, or `file:///<folder>` with one file `<id>` for each site. */
  readonly KEYS_SOURCE: string;
  /** Seconds between two reads of the snapshot. @default 15 */
  readonly REFRESH_SECONDS?: string;
  /**
   * Source of the client's address. `x-forwarded-for`: its last entry, which the load balancer appended.
   *
   * @default x-forwarded-for
   */
  readonly CLIENT_ADDRESS?: 'x-forwarded-for' | 'cf-connecting-ip' | 'peer';
  /** Folder of the array in sysfs, as in `/sys/block/md127/md`. @default - the array is not monitored */
  readonly ARRAY_FOLDER?: string;
  /** Time limit of a graceful stop, in seconds. @default 60 */
  readonly STOP_SECONDS?: string;
  /** CloudWatch namespace of the metrics, which are published every minute. @default - none are published */
  readonly METRICS_NAMESPACE?: string;
  /** Name of the auto scaling group, as a dimension of the metrics. @default - no dimension */
  readonly METRICS_GROUP?: string;
}

/** The environment with defaults and with numbers. */
export interface CollectorSettings {
  readonly host: string;
  readonly port: number;
  readonly spoolFolder: string;
  readonly spoolLimitBytes: number;
  readonly commitDelayMilliseconds: number;
  readonly durable: boolean;
  readonly streamName: string;
  readonly streamEndpoint: string | undefined;
  readonly region: string;
  readonly sitesSource: string;
  readonly keysSource: string;
  readonly refreshSeconds: number;
  readonly clientAddress: 'x-forwarded-for' | 'cf-connecting-ip' | 'peer';
  readonly arrayFolder: string | undefined;
  readonly stopSeconds: number;
  readonly metricsNamespace: string | undefined;
  readonly metricsGroup: string | undefined;
}

const file = 'file:///[^\\s]+';

const forms: Forms<CollectorEnvironment> = {
  HOST: [/^[a-zA-Z0-9.:-]+$/, 'an address', '0.0.0.0'],
  PORT: [/^(\d{1,4}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5])$/, 'a port from 0 to 65535', '8080'],
  SPOOL_FOLDER: [/^\/\S+$/, 'the path of a folder'],
  SPOOL_LIMIT_BYTES: [/^[1-9]\d{5,14}$/, 'a number of bytes from 100000', String(8 * 2 ** 30)],
  COMMIT_DELAY_MS: [/^(\d{1,2}|100)$/, 'milliseconds from 0 to 100', '5'],
  DURABLE: [/^(on|off)$/, 'on or off', 'on'],
  STREAM_NAME: [/^[\w.-]{1,128}$/, 'the name of a stream'],
  STREAM_ENDPOINT: [/^http:\/\/127\.0\.0\.1:\d{1,5}$/, 'http://127.0.0.1:<port>', optional],
  AWS_REGION: [/^[a-z]{2}(-[a-z]+)+-\d+$/, 'a region'],
  SITES_SOURCE: [new RegExp(`^(s3://[a-z0-9.-]+/\\S+|${file})$`), 's3://<bucket>/<key> or file:///<path>'],
  KEYS_SOURCE: [new RegExp(`^(secretsmanager:[\\w/+=.@-]+|${file})$`), 'secretsmanager:<prefix> or file:///<folder>'],
  REFRESH_SECONDS: [/^[1-9]\d{0,3}$/, 'seconds from 1 to 9999', '15'],
  CLIENT_ADDRESS: [/^(x-forwarded-for|cf-connecting-ip|peer)$/, 'x-forwarded-for, cf-connecting-ip or peer', 'x-forwarded-for'],
  ARRAY_FOLDER: [/^\/\S+$/, 'the path of a folder', optional],
  STOP_SECONDS: [/^[1-9]\d{0,3}$/, 'seconds from 1 to 9999', '60'],
  METRICS_NAMESPACE: [...metricNamespace, optional],
  METRICS_GROUP: [/^[\x21-\x7e]{1,255}$/, 'the name of a group', optional],
};

/** Reads the contract from the environment of the process; throws an error with every variable at fault. */
export function readEnvironment(from: Variables): CollectorSettings {
  const read = readVariables(from, forms, 'set it where the collector is started');
  return {
    host: read.HOST,
    port: Number(read.PORT),
    spoolFolder: read.SPOOL_FOLDER,
    spoolLimitBytes: Number(read.SPOOL_LIMIT_BYTES),
    commitDelayMilliseconds: Number(read.COMMIT_DELAY_MS),
    durable: read.DURABLE === 'on',
    streamName: read.STREAM_NAME,
    streamEndpoint: read.STREAM_ENDPOINT || undefined,
    region: read.AWS_REGION,
    sitesSource: read.SITES_SOURCE,
    keysSource: read.KEYS_SOURCE,
    refreshSeconds: Number(read.REFRESH_SECONDS),
    clientAddress: read.CLIENT_ADDRESS,
    arrayFolder: read.ARRAY_FOLDER || undefined,
    stopSeconds: Number(read.STOP_SECONDS),
    metricsNamespace: read.METRICS_NAMESPACE || undefined,
    metricsGroup: read.METRICS_GROUP || undefined,
  };
}
