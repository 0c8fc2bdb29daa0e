// Export tasks as CloudWatch Logs describes them, and the records of exported days in the audit archive.
import {
  type CloudWatchLogsClient,
  CreateExportTaskCommand,
  type ExportTask as DescribedTask,
  DescribeExportTasksCommand,
  DescribeLogGroupsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { ListObjectsV2Command, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { endOf, folderOf, startOf } from './days';
import type { ExportTask, SessionExports, TaskState } from './export';

/** Folder of the sessions in the archive. */
const prefix = 'sessions';
/** Folder of the records, one for each exported day. */
const records = `${prefix}/completed/`;

/** States of a task ("ExportTaskStatus"); a task that is cancelled has exported a part at most. */
const states: Readonly<Record<string, TaskState>> = {
  COMPLETED: 'completed',
  PENDING: 'active',
  RUNNING: 'active',
  PENDING_CANCEL: 'active',
  FAILED: 'failed',
  CANCELLED: 'failed',
};

export interface Places {
  readonly logGroup: string;
  /** Name of the bucket. */
  readonly archive: string;
}

export function awsExports(clients: { readonly logs: CloudWatchLogsClient; readonly s3: S3Client }, places: Places): SessionExports {
  const { logs, s3 } = clients;
  return {
    created: () => createdAt(logs, places),
    recordedDays: () => recordedDays(s3, places),
    tasksOf: (day) => tasksOf(day, logs, places),
    async start(day) {
      try {
        const { taskId } = await logs.send(new CreateExportTaskCommand(requestOf(day, places)));
        return taskId ?? '';
      } catch (error) {
        // "CreateExportTask": an account has one active task at a time.
        if (error instanceof Error && error.name === 'LimitExceededException') return 'busy';
        throw error;
      }
    },
    async record(day, task) {
      const { from, to, destinationPrefix } = requestOf(day, places);
      const Body = JSON.stringify({ day, logGroup: places.logGroup, from, to, folder: `${destinationPrefix}/${task}/` });
      // Uploads to a bucket with a default retention require a checksum ("Managing Object Lock").
      const object = { Bucket: places.archive, Key: `${records}${day}.json`, Body, ContentType: 'application/json' };
      await s3.send(new PutObjectCommand({ ...object, ChecksumAlgorithm: 'SHA256' }));
    },
  };
}

/** The request of a day. Events at both bounds are exported, so the last one is the last millisecond of the day. */
const requestOf = (day: string, { logGroup, archive }: Places) => ({
  ...{ taskName: `sessions-${day}`, logGroupName: logGroup, from: startOf(day), to: endOf(day) - 1 },
  ...{ destination: archive, destinationPrefix: `${prefix}/${folderOf(day)}` },
});

async function createdAt(logs: CloudWatchLogsClient, { logGroup }: Places): Promise<number | undefined> {
  // Names of other log groups may begin with this one; the list is sorted, so it comes first.
  const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: logGroup }));
  return logGroups.find(({ logGroupName }) => logGroupName === logGroup)?.creationTime;
}

async function recordedDays(s3: S3Client, { archive }: Places): Promise<ReadonlySet<string>> {
  const days = new Set<string>();
  let token: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: archive, Prefix: records, ContinuationToken: token }));
    for (const { Key = '' } of page.Contents ?? []) days.add(Key.slice(records.length).replace(/\.json$/, ''));
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return days;
}

/** The tasks are listed in reverse order of creation, and a task of a day is created after its end. */
async function tasksOf(day: string, logs: CloudWatchLogsClient, places: Places): Promise<readonly ExportTask[]> {
  const found: ExportTask[] = [];
  let nextToken: string | undefined;
  do {
    const page = await logs.send(new DescribeExportTasksCommand({ nextToken }));
    const tasks = page.exportTasks ?? [];
    found.push(...tasks.filter((task) => isOf(day, task, places)).map((task) => taskOf(day, task)));
    const isOlder = tasks.some(({ executionInfo }) => (executionInfo?.creationTime ?? endOf(day)) < endOf(day));
    nextToken = isOlder ? undefined : page.nextToken;
  } while (nextToken !== undefined);
  return found;
}

/** Whether a task is about the whole day, from this log group to this archive. */
function isOf(day: string, task: DescribedTask, places: Places): boolean {
  const { logGroupName, from, to, destination, destinationPrefix } = requestOf(day, places);
  return (
    task.logGroupName === logGroupName &&
    task.from === from &&
    task.to === to &&
    task.destination === destination &&
    task.destinationPrefix === destinationPrefix
  );
}

const taskOf = (day: string, { taskId = '', status }: DescribedTask): ExportTask => ({
  ...{ id: taskId, day, state: states[status?.code ?? ''] ?? 'active' },
  message: status?.message ?? status?.code ?? 'no reason',
});
