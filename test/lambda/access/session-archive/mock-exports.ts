// CloudWatch Logs and S3 as the export of sessions meets them: log events of many days, export tasks that take their
// time, one active task for the account, and the objects of the archive. Requests and outputs have the SDK's types.
import * as logs from '@aws-sdk/client-cloudwatch-logs';
import * as s3 from '@aws-sdk/client-s3';

export const logGroup = '/rempart/production/sessions';
export const archive = 'production-account-auditarchive-1';
const hour = 3_600_000;

/** A fault of a call: it is refused, or made and then unanswered. */
export type Fault = 'none' | 'before' | 'after';

interface Task {
  readonly described: logs.ExportTask;
  readonly id: string;
  readonly created: number;
  readonly ends: number;
  readonly fails: boolean;
}

const named = (name: string, message = name): Error => Object.assign(new Error(message), { name });

export class MockExports {
  now: number;
  readonly tasks: Task[] = [];
  /** Keys of the archive with the events of a session, or the text of a record. */
  readonly objects = new Map<string, readonly number[] | string>();
  /** Faults of the next calls, and failures of the next tasks. */
  faults: Fault[] = [];
  failures: boolean[] = [];
  /** Until when a task of another log group is active. */
  foreignUntil = 0;
  taskSeconds = 20;
  /** Days after which CloudWatch Logs no longer lists a task. */
  memoryDays = 400;
  exists = true;
  /** Name of the bucket. */
  archive = archive;
  pageSize = 3;
  /** Times of events. */
  events: number[] = [];

  constructor(readonly created: number) {
    this.now = created;
  }

  /** The clients' `send`. */
  readonly send = async (command: object): Promise<object> => {
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'before') throw named('ThrottlingException');
    const result = this.answer(command);
    if (fault === 'after') throw named('ServiceUnavailableException');
    return result;
  };

  answer(command: object): object {
    this.finish();
    if (command instanceof logs.CreateExportTaskCommand) return this.create(command.input);
    if (command instanceof logs.DescribeExportTasksCommand) return this.describe(command.input);
    if (command instanceof logs.DescribeLogGroupsCommand) return this.describeGroups(command.input);
    if (command instanceof s3.ListObjectsV2Command) return this.list(command.input);
    if (command instanceof s3.PutObjectCommand) return this.put(command.input);
    throw new Error(`the mock has no ${command.constructor.name}`);
  }

  /** The tasks of a day that are completed, by their ids. */
  completed(day: string): readonly string[] {
    this.finish();
    const folder = `sessions/${day.replaceAll('-', '/')}`;
    return this.tasks
      .filter(({ described, ends, fails }) => described.destinationPrefix === folder && ends <= this.now && !fails)
      .map(({ id }) => id);
  }

  /** Makes a task of a person for another log group active. */
  exportElsewhere(hours: number): void {
    this.foreignUntil = this.now + hours * hour;
  }

  private get isBusy(): boolean {
    return this.foreignUntil > this.now || this.tasks.some(({ ends }) => ends > this.now);
  }

  private create(input: logs.CreateExportTaskCommandInput): logs.CreateExportTaskCommandOutput {
    const { from = 0, to = 0, destination, destinationPrefix, logGroupName } = input;
    if (!this.exists || logGroupName !== logGroup) throw named('ResourceNotFoundException');
    if (destination !== this.archive || from >= to || to < this.created) throw named('InvalidParameterException');
    if (this.isBusy) throw named('LimitExceededException', 'Resource limit exceeded.');
    const id = `task-${this.tasks.length}`;
    this.objects.set(`${destinationPrefix}/aws-logs-write-test`, 'Permission Check Successful');
    const fails = this.failures.shift() ?? false;
    const described = { ...input, taskId: id, executionInfo: { creationTime: this.now } };
    this.tasks.push({ described, id, fails, created: this.now, ends: this.now + this.taskSeconds * 1000 });
    return { $metadata: {}, taskId: id };
  }

  /** A completed task has written what was available when it began: 12 hours after its ingestion at the latest. */
  private finish(): void {
    for (const { described, id, created, ends, fails } of this.tasks) {
      const key = `${described.destinationPrefix}/${id}/stream/000000.gz`;
      if (ends > this.now || fails || this.objects.has(key)) continue;
      const { from = 0, to = 0 } = described;
      const exported = this.events.filter((time) => time >= from && time <= to && time + 12 * hour <= created);
      if (exported.length > 0) this.objects.set(key, exported);
    }
  }

  private describe({ nextToken }: logs.DescribeExportTasksCommandInput): logs.DescribeExportTasksCommandOutput {
    const listed = this.tasks.filter(({ created }) => created > this.now - this.memoryDays * 24 * hour).toReversed();
    const start = Number(nextToken ?? 0);
    const exportTasks = listed.slice(start, start + this.pageSize).map(({ described, ends, fails, created }): logs.ExportTask => {
      const ended = fails ? 'FAILED' : 'COMPLETED';
      const running = created === this.now ? 'PENDING' : 'RUNNING';
      return { ...described, status: { code: ends > this.now ? running : ended, message: fails ? 'Access to the bucket' : 'Completed' } };
    });
    const isLast = start + this.pageSize >= listed.length;
    return { $metadata: {}, exportTasks, nextToken: isLast ? undefined : String(start + this.pageSize) };
  }

  private describeGroups({ logGroupNamePrefix = '' }: logs.DescribeLogGroupsCommandInput): logs.DescribeLogGroupsCommandOutput {
    expect(logGroupNamePrefix).toBe(logGroup);
    const other: logs.LogGroup = { logGroupName: `${logGroup}-of-others`, creationTime: 0 };
    return { $metadata: {}, logGroups: [...(this.exists ? [{ logGroupName: logGroup, creationTime: this.created }] : []), other] };
  }

  private list({ Bucket, Prefix = '', ContinuationToken }: s3.ListObjectsV2CommandInput): s3.ListObjectsV2CommandOutput {
    if (Bucket !== this.archive) throw named('NoSuchBucket');
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(Prefix)).sort();
    const start = Number(ContinuationToken ?? 0);
    const end = start + this.pageSize;
    return {
      ...{ $metadata: {}, Contents: keys.slice(start, end).map((Key) => ({ Key })) },
      NextContinuationToken: end < keys.length ? String(end) : undefined,
    };
  }

  private put({ Bucket, Key = '', Body, ChecksumAlgorithm }: s3.PutObjectCommandInput): s3.PutObjectCommandOutput {
    if (Bucket !== this.archive) throw named('NoSuchBucket');
    // "Managing Object Lock": a bucket with a default retention requires a checksum.
    if (ChecksumAlgorithm === undefined) throw named('InvalidRequest');
    this.objects.set(Key, String(Body));
    return { $metadata: {} };
  }
}
