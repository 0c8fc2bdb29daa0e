// A mock of AWS Backup, RDS and the reader that holds state over time: restores complete, instances appear, become
// available and are deleted. Faults are set by the tests.
import * as backup from '@aws-sdk/client-backup';
import * as lambda from '@aws-sdk/client-lambda';
import * as rds from '@aws-sdk/client-rds';

const account = '111111111111';
export const key = `arn:aws:kms:eu-west-3:${account}:key/data`;
export const planArn = `arn:aws:backup:eu-west-3:${account}:restore-testing-plan:production_daily-1`;
export const start = new Date('2026-11-30T06:00:00Z');
export const minutes = (count: number): number => count * 60_000;

/** An error as the SDK throws it. */
export const refusal = (name: string, message = name): Error => Object.assign(new Error(message), { name });

/** What a sound database answers. */
export const soundState = () => ({
  record: {
    night: '2026-11-30',
    recordedAt: '2026-11-30T01:00:00+00:00',
    rows: { people: { 7: 3 } },
    // One that was counted, one that has not begun, and two that had no time: in the source, and here.
    partitions: ['hits_2026_11', 'hits_2026_11_29', 'hits_2026_11_30', 'hits_2026_12_01'],
    shape: shape(),
    newestHit: null,
  },
  rows: { people: { 7: 4 } },
  partitions: ['hits_2026_11', 'hits_2026_11_29', 'hits_2026_11_30', 'hits_2026_12_01'],
  counts: { hits_2026_11_29: { rows: { 7: 2 }, newestHit: null }, hits_2026_11_30: { rows: { 7: 1 }, newestHit: null } },
  counted: { hits_2026_11_30: { rows: { 7: 1 }, newestHit: null, removed: {} } },
  notCounted: ['hits_2026_11_29'],
  shape: shape(),
  newestHit: null,
  removed: {},
  detached: [],
  droppedPartitions: [],
});
const shape = () => ({ tables: { people: true }, policies: { 'people application': 'd1' }, indexes: { 'rempart.people_pkey': true } });

interface Instance {
  status: string;
  since: number;
  tags: rds.Tag[];
}

interface Cluster {
  key: string;
  status: string;
  tags: rds.Tag[];
}

export interface MockRestores {
  now: number;
  readonly jobs: Map<string, backup.RestoreJobsListMember>;
  readonly clusters: Map<string, Cluster>;
  readonly instances: Map<string, Instance>;
  /** Results in the order in which they were accepted. */
  readonly results: { readonly job: string; readonly status: string; readonly message: string }[];
  /** Names of commands in the order in which they were sent. */
  readonly sent: string[];
  /** A fault by name of command: thrown instead of the answer. */
  readonly faults: Map<string, Error>;
  /** Ends the invocation: after so many commands each call fails, as if the process were gone. */
  killedAfter: number;
  /** Milliseconds until an instance is available. */
  creation: number;
  /** Milliseconds until a deleted instance is gone. */
  deletion: number;
  /** What the reader answers, or its error. */
  state: unknown;
  addJob(id: string, changes?: Partial<backup.RestoreJobsListMember>): void;
}

const arnOf = (id: string) => `arn:aws:rds:eu-west-3:${account}:cluster:awsbackup-restore-test-${id}`;

export function mockRestores(): MockRestores {
  const mock: MockRestores = {
    now: start.getTime(),
    jobs: new Map(),
    clusters: new Map(),
    instances: new Map(),
    results: [],
    sent: [],
    faults: new Map(),
    killedAfter: Number.POSITIVE_INFINITY,
    creation: minutes(9),
    deletion: minutes(6),
    state: soundState(),
    addJob(id, changes = {}) {
      mock.jobs.set(id, {
        RestoreJobId: id,
        Status: 'COMPLETED',
        ResourceType: 'Aurora',
        CreatedResourceArn: arnOf(id),
        RecoveryPointArn: `arn:aws:rds:eu-west-3:${account}:cluster-snapshot:awsbackup:job-1`,
        RecoveryPointCreationDate: new Date('2026-11-30T02:00:00Z'),
        CreationDate: new Date(mock.now),
        CompletionDate: new Date(mock.now + minutes(19)),
        ...changes,
      });
      mock.clusters.set(arnOf(id), { key, status: 'available', tags: [] });
    },
  };
  const send = (command: { readonly input: object; readonly constructor: { readonly name: string } }) => answer(mock, command);
  for (const { prototype } of [backup.BackupClient, rds.RDSClient, lambda.LambdaClient])
    jest.spyOn(prototype, 'send').mockImplementation((command) => send(command as never));
  return mock;
}

type Sent = { readonly input: object; readonly constructor: { readonly name: string } };

async function answer(mock: MockRestores, command: Sent): Promise<object> {
  const name = command.constructor.name.replace(/Command$/, '');
  if (mock.sent.length >= mock.killedAfter) throw refusal('Killed', 'the process is gone');
  mock.sent.push(name);
  const fault = mock.faults.get(name);
  if (fault !== undefined) throw fault;
  age(mock);
  if (command instanceof backup.ListRestoreJobsCommand) return listed(mock, command.input);
  if (command instanceof backup.DescribeRestoreJobCommand) return mock.jobs.get(command.input.RestoreJobId ?? '') ?? {};
  if (command instanceof backup.PutRestoreValidationResultCommand) return result(mock, command.input);
  if (command instanceof rds.DescribeDBClustersCommand) return describedCluster(mock, command.input.DBClusterIdentifier ?? '');
  if (command instanceof rds.DescribeDBInstancesCommand) return describedInstances(mock);
  if (command instanceof rds.CreateDBInstanceCommand) return created(mock, command.input);
  if (command instanceof rds.DeleteDBInstanceCommand) return deleted(mock, command.input.DBInstanceIdentifier ?? '');
  if (command instanceof rds.AddTagsToResourceCommand) return tagged(mock, command.input);
  if (command instanceof lambda.InvokeCommand) return read(mock);
  throw new Error(`mock: expected a known command, got ${name}`);
}

/** What has happened by now. */
function age(mock: MockRestores): void {
  for (const [name, instance] of mock.instances) {
    if (instance.status === 'creating' && mock.now - instance.since >= mock.creation) instance.status = 'available';
    if (instance.status === 'deleting' && mock.now - instance.since >= mock.deletion) mock.instances.delete(name);
  }
}

function listed(
  mock: MockRestores,
  { ByRestoreTestingPlanArn, ByCreatedAfter }: backup.ListRestoreJobsInput,
): backup.ListRestoreJobsOutput {
  expect(ByRestoreTestingPlanArn).toBe(planArn);
  return {
    RestoreJobs: [...mock.jobs.values()].filter(({ CreationDate }) => CreationDate && ByCreatedAfter && CreationDate > ByCreatedAfter),
  };
}

function result(
  mock: MockRestores,
  { RestoreJobId: id = '', ValidationStatus, ValidationStatusMessage = '' }: backup.PutRestoreValidationResultInput,
): object {
  const job = mock.jobs.get(id);
  if (job === undefined || job.ValidationStatus !== undefined)
    throw refusal('InvalidRequestException', 'Validation status cannot be changed');
  if (ValidationStatus === undefined) throw refusal('MissingParameterValueException');
  mock.jobs.set(id, { ...job, ValidationStatus, ValidationStatusMessage });
  mock.results.push({ job: id, status: ValidationStatus, message: ValidationStatusMessage });
  // AWS Backup deletes the cluster, unless it has an instance.
  if (mock.instances.size === 0) mock.clusters.delete(arnOf(id));
  return {};
}

function describedCluster(mock: MockRestores, arn: string): Partial<rds.DescribeDBClustersCommandOutput> {
  const cluster = mock.clusters.get(arn);
  if (cluster === undefined) throw refusal('DBClusterNotFoundFault');
  const name = arn.split(':').at(-1) ?? '';
  const Endpoint = `${name}.cluster-abc123.eu-west-3.rds.amazonaws.com`;
  const { key: KmsKeyId, status: Status, tags: TagList } = cluster;
  return {
    DBClusters: [{ DBClusterIdentifier: name, Status, StorageEncrypted: true, KmsKeyId, Endpoint, Engine: 'aurora-postgresql', TagList }],
  };
}

const describedInstances = ({ instances }: MockRestores): Partial<rds.DescribeDBInstancesCommandOutput> => ({
  DBInstances: [...instances].map(([DBInstanceIdentifier, { status, tags }]) => ({
    DBInstanceIdentifier,
    DBInstanceStatus: status,
    TagList: tags,
  })),
});

function created(mock: MockRestores, input: rds.CreateDBInstanceMessage): object {
  const { DBInstanceIdentifier: name = '', Tags = [] } = input;
  if (mock.instances.has(name)) throw refusal('DBInstanceAlreadyExistsFault');
  expect(input).toMatchObject({ Engine: 'aurora-postgresql', DBInstanceClass: 'db.t4g.medium', PubliclyAccessible: false });
  expect(mock.clusters.has(`arn:aws:rds:eu-west-3:${account}:cluster:${input.DBClusterIdentifier}`)).toBe(true);
  mock.instances.set(name, { status: 'creating', since: mock.now, tags: Tags });
  return {};
}

function deleted(mock: MockRestores, name: string): object {
  const instance = mock.instances.get(name);
  if (instance === undefined) throw refusal('DBInstanceNotFoundFault');
  mock.instances.set(name, { ...instance, status: 'deleting', since: mock.now });
  return {};
}

function tagged(mock: MockRestores, { ResourceName = '', Tags = [] }: rds.AddTagsToResourceMessage): object {
  const cluster = mock.clusters.get(ResourceName);
  if (cluster === undefined) throw refusal('DBClusterNotFoundFault');
  for (const { Value = '' } of Tags) expect(Value).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
  cluster.tags = [...cluster.tags.filter(({ Key }) => !Tags.some((tag) => tag.Key === Key)), ...Tags];
  return {};
}

function read({ state }: MockRestores): Partial<lambda.InvokeCommandOutput> {
  const failed = state instanceof Error;
  const payload = failed ? { errorType: state.name, errorMessage: state.message } : state;
  return {
    StatusCode: 200,
    Payload: Uint8Array.from(Buffer.from(JSON.stringify(payload))) as never,
    ...(failed ? { FunctionError: 'Unhandled' } : {}),
  };
}
