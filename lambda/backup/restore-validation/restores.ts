// The restores of a testing plan in AWS: jobs, restored clusters, their instances, and results.
import {
  type BackupClient,
  DescribeRestoreJobCommand,
  type DescribeRestoreJobOutput,
  PutRestoreValidationResultCommand,
  paginateListRestoreJobs,
  type RestoreJobsListMember,
} from '@aws-sdk/client-backup';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  AddTagsToResourceCommand,
  CreateDBInstanceCommand,
  type DBInstance,
  DeleteDBInstanceCommand,
  DescribeDBClustersCommand,
  paginateDescribeDBInstances,
  type RDSClient,
} from '@aws-sdk/client-rds';
import {
  instanceName,
  instancePrefix,
  type RestoredCluster,
  type RestoreJob,
  type TestInstance,
  tagOf,
  type Verdict,
  verdictIn,
} from './steps';

/** What the validation needs of AWS. */
export interface Restores {
  /** Jobs of the plan since a time. */
  jobs(since: Date): Promise<RestoreJob[]>;
  /** A job as it is now. */
  job(id: string): Promise<RestoreJob>;
  /** The restored cluster, or undefined if it is gone. */
  cluster(arn: string): Promise<RestoredCluster | undefined>;
  /** Instances of restored clusters of the deployment. */
  instances(): Promise<TestInstance[]>;
  /** Adds an instance; it is no error if it is there. */
  createInstance(job: RestoreJob, cluster: RestoredCluster): Promise<void>;
  /** Deletes an instance; it is no error if it is gone or being deleted. */
  deleteInstance(name: string): Promise<void>;
  /** What the restored database says of itself. */
  read(cluster: RestoredCluster): Promise<unknown>;
  /** Notes the verdict at the cluster, from which a later invocation continues. */
  note(cluster: RestoredCluster, verdict: Verdict): Promise<void>;
  /** Reports the result to AWS Backup. */
  report(job: RestoreJob, verdict: Verdict): Promise<void>;
}

export interface AwsRestoresOptions {
  readonly backup: BackupClient;
  readonly rds: RDSClient;
  readonly lambda: LambdaClient;
  readonly deployment: string;
  readonly planArn: string;
  readonly instanceClass: string;
  /** Name of the function that reads restored databases. */
  readonly reader: string;
}

/** Tag by which the deployment finds its instances. */
const deploymentTag = 'rempart:deployment';
/** Tag of resources that restore tests create ("Restore testing"). */
const testTag = 'awsbackup-restore-test';
const verdictTag = 'rempart:restore-verdict';

const hasName = (error: unknown, ...names: readonly string[]): boolean => error instanceof Error && names.includes(error.name);

export class AwsRestores implements Restores {
  constructor(private readonly options: AwsRestoresOptions) {}

  async jobs(since: Date): Promise<RestoreJob[]> {
    const found: RestoreJob[] = [];
    const query = { ByRestoreTestingPlanArn: this.options.planArn, ByCreatedAfter: since };
    for await (const page of paginateListRestoreJobs({ client: this.options.backup }, query))
      for (const member of page.RestoreJobs ?? []) if (member.ResourceType === 'Aurora') found.push(jobFrom(member));
    return found;
  }

  async job(id: string): Promise<RestoreJob> {
    return jobFrom(await this.options.backup.send(new DescribeRestoreJobCommand({ RestoreJobId: id })));
  }

  async cluster(arn: string): Promise<RestoredCluster | undefined> {
    try {
      const { DBClusters: [found] = [] } = await this.options.rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier: arn }));
      if (found === undefined) return undefined;
      return {
        name: found.DBClusterIdentifier ?? '',
        arn,
        status: found.Status ?? 'unknown',
        encrypted: found.StorageEncrypted ?? false,
        key: found.KmsKeyId,
        host: found.Endpoint,
        engine: found.Engine ?? '',
        verdict: verdictIn(found.TagList?.find(({ Key }) => Key === verdictTag)?.Value),
      };
    } catch (error) {
      if (hasName(error, 'DBClusterNotFoundFault')) return undefined;
      throw error;
    }
  }

  async instances(): Promise<TestInstance[]> {
    const found: TestInstance[] = [];
    for await (const page of paginateDescribeDBInstances({ client: this.options.rds }, {}))
      for (const instance of page.DBInstances ?? [])
        if (this.isOwn(instance)) found.push({ name: instance.DBInstanceIdentifier ?? '', status: instance.DBInstanceStatus ?? 'unknown' });
    return found;
  }

  private isOwn({ DBInstanceIdentifier = '', TagList = [] }: DBInstance): boolean {
    const isTagged = TagList.some(({ Key, Value }) => Key === deploymentTag && Value === this.options.deployment);
    return DBInstanceIdentifier.startsWith(instancePrefix) && isTagged;
  }

  async createInstance(job: RestoreJob, { name, engine }: RestoredCluster): Promise<void> {
    try {
      await this.options.rds.send(
        new CreateDBInstanceCommand({
          DBInstanceIdentifier: instanceName(job.id),
          DBClusterIdentifier: name,
          DBInstanceClass: this.options.instanceClass,
          Engine: engine,
          PubliclyAccessible: false,
          AutoMinorVersionUpgrade: false,
          Tags: [
            { Key: testTag, Value: 'true' },
            { Key: deploymentTag, Value: this.options.deployment },
          ],
        }),
      );
    } catch (error) {
      if (!hasName(error, 'DBInstanceAlreadyExistsFault', 'DBInstanceAlreadyExists')) throw error;
    }
  }

  async deleteInstance(name: string): Promise<void> {
    try {
      // An instance of Aurora has no storage, so there is nothing to take a snapshot of.
      await this.options.rds.send(new DeleteDBInstanceCommand({ DBInstanceIdentifier: name, SkipFinalSnapshot: true }));
    } catch (error) {
      if (!hasName(error, 'DBInstanceNotFoundFault', 'DBInstanceNotFound')) throw error;
    }
  }

  async read({ host = '' }: RestoredCluster): Promise<unknown> {
    const { reader, lambda } = this.options;
    const answer = await lambda.send(new InvokeCommand({ FunctionName: reader, Payload: Buffer.from(JSON.stringify({ host })) }));
    const text = Buffer.from(answer.Payload ?? []).toString('utf8');
    if (answer.FunctionError !== undefined) throw new Error(`the reader got ${errorIn(text)}`);
    return JSON.parse(text);
  }

  async note({ arn }: RestoredCluster, verdict: Verdict): Promise<void> {
    await this.options.rds.send(new AddTagsToResourceCommand({ ResourceName: arn, Tags: [{ Key: verdictTag, Value: tagOf(verdict) }] }));
  }

  async report({ id }: RestoreJob, { status, message }: Verdict): Promise<void> {
    await this.options.backup.send(
      new PutRestoreValidationResultCommand({ RestoreJobId: id, ValidationStatus: status, ValidationStatusMessage: message }),
    );
  }
}

/** The message in the answer of a function that failed ("AWS Lambda function errors in Node.js"). */
function errorIn(text: string): string {
  const { errorMessage = text } = JSON.parse(text) as { readonly errorMessage?: string };
  return errorMessage.slice(0, 200);
}

function jobFrom(member: RestoreJobsListMember | DescribeRestoreJobOutput): RestoreJob {
  const { RestoreJobId: id, CreationDate: created } = member;
  if (id === undefined || created === undefined) throw new Error('restore job: expected an id and a time, got none; call AWS Backup again');
  return {
    id,
    created,
    status: member.Status ?? 'UNKNOWN',
    statusMessage: member.StatusMessage,
    restored: member.CreatedResourceArn,
    recoveryPoint: member.RecoveryPointArn,
    pointCreated: member.RecoveryPointCreationDate,
    validation: member.ValidationStatus,
    completed: member.CompletionDate,
  };
}
