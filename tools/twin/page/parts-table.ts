// The counterpart of each part of the twin in the deployed stack, and what the part cannot show; the README has the
// same table.
import type { PartName } from './live';

export interface PartRow {
  readonly name: string;
  /** The part whose state is shown, if it has one. */
  readonly state?: PartName;
  readonly twin: string;
  readonly aws: string;
  readonly cannotShow: string;
}

export const partRows: readonly PartRow[] = [
  {
    name: 'way in',
    twin: 'the collector itself, on loopback, over HTTP; the traffic writes X-Forwarded-For as the load balancer does',
    aws: 'Application Load Balancer with certificate, headers and WAF',
    cannotShow: 'TLS, the WAF, redirects, rate rules, how load is spread over servers',
  },
  {
    name: 'collector',
    state: 'collector',
    twin: 'the same program, one process, its spool in a folder; killed and started again as systemd does',
    aws: 'a fleet of servers over three zones, the spool on two mirrored disks each',
    cannotShow: 'mirroring, a disk or zone that is lost, scaling, replacement of servers',
  },
  {
    name: 'stream',
    state: 'stream',
    twin: 'kinesalite, which speaks the protocol of Kinesis, with its records in a folder',
    aws: 'Amazon Kinesis Data Streams, encrypted with the data key',
    cannotShow: 'limits per shard, encryption, IAM, loss of a zone',
  },
  {
    name: 'ingest',
    state: 'ingest',
    twin: "the function's logic, in batches as production's configuration sets them, called as the event source mapping does",
    aws: 'AWS Lambda in the functions subnets, by event source mapping',
    cannotShow: 'cold starts, concurrency, bisection, the VPC, time and memory limits',
  },
  {
    name: 'database',
    state: 'database',
    twin: "PostgreSQL 18 with the same migrations and roles, a master user like Aurora's, without TLS, signed in by password",
    aws: 'Aurora PostgreSQL 17 in two zones behind RDS Proxy, signed in by IAM over TLS',
    cannotShow: 'failover between zones, the proxy, backups, the audit extension',
  },
  {
    name: 'archive',
    state: 'archive',
    twin: 's3rver, which speaks the protocol of S3, filled by a reader of the stream',
    aws: 'Amazon S3, filled by Amazon Data Firehose',
    cannotShow: 'object lock, versions, encryption, bucket policies, buffering of Firehose',
  },
  {
    name: 'lake',
    twin: 'the logic of lake-export and lake-upkeep, by command, into Parquet files in the folder of the archive, which DuckDB reads, too',
    aws: 'AWS Lambda, every two minutes and every hour, into Amazon S3 by sessions of one site',
    cannotShow: 'IAM and the tags of sessions, versions and their end, conditional writes, the schedule, time and memory limits',
  },
  {
    name: 'site snapshot',
    state: 'snapshot',
    twin: "the function's logic, every few seconds, into a file that the collector reads",
    aws: 'AWS Lambda every minute, into an object that the servers read',
    cannotShow: 'IAM, the schedule',
  },
  {
    name: 'secrets',
    twin: "files with the sites' keys and the context key, readable by their owner only",
    aws: 'AWS Secrets Manager, encrypted, rotated',
    cannotShow: 'rotation, access policies',
  },
  {
    name: 'status page',
    twin: 'a page of the twin, with the headers of the deployed portal',
    aws: 'no such page: the portal, dashboards and alarms',
    cannotShow: 'sign-in, rights, alarms',
  },
];
