// The functions of the collection stack: ingest, the snapshot of sites, and those that watch over the fleet.
import type { FirstServersEnvironment } from '../../../lambda/collection/first-servers/env';
import type { ServerReplacementEnvironment } from '../../../lambda/collection/server-replacement/env';
import type { IngestEnvironment } from '../../../lambda/ingest/ingest/env';
import type { SiteSnapshotEnvironment } from '../../../lambda/ingest/site-snapshot/env';
import { firstServersType } from '../../config/custom-resource-types';
import { minimumServers } from '../rules/collection/first-servers';
import { shortestAge } from '../rules/ingest/hit-stream';
import type { DeploymentFacts } from '../template/assembly';
import { eventRuleType, mappingType } from '../template/resource-types';
import { type Declaration, declare } from './declaration';
import { between, by, words } from './form';
import { throughProxy } from './functions-data';
import { controlFunction } from './functions-family';
import { after, hitArchive } from './functions-order';
import { firstDatapoint, firstRun, ruleInvokes, scheduled, targetsOfRule } from './functions-triggers';
import { tags } from './tags';

/** Seconds after which Lambda gives a record up at the latest, a day before the stream deletes it. (TOM-5.1) */
const longestAge = 6 * 86_400;

const ingestSetting = (name: keyof DeploymentFacts['settings']['collection']['ingest']) =>
  by(({ facts }) => facts.settings.collection.ingest[name]);

/** The mapping is enabled, reads the stream from its beginning, and gives no record up without a copy. (TOM-5.1) */
const mapping = declare(mappingType, 'collection/HitIngestMapping', {
  FunctionName: '${collection/HitIngestFunction}',
  EventSourceArn: '${data/Hits.Arn}',
  StartingPosition: 'TRIM_HORIZON',
  BatchSize: ingestSetting('batchRecords'),
  MaximumBatchingWindowInSeconds: ingestSetting('batchSeconds'),
  ParallelizationFactor: ingestSetting('parallel'),
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  BisectBatchOnFunctionError: true,
  MaximumRecordAgeInSeconds: between(shortestAge, longestAge),
  DestinationConfig: { OnFailure: { Destination: '${data/DeadLetters.Arn}' } },
  MetricsConfig: { Metrics: ['EventCount'] },
  Tags: tags(),
});

const ingest = [
  ...controlFunction<IngestEnvironment>({
    ...{ stack: 'collection', id: 'HitIngestFunction', control: 'ingest', memory: [1024, 3008], timeout: [60, 900], network: 'proxy' },
    variables: { ...throughProxy('rempart_application'), DEAD_LETTERS_BUCKET: '${data/DeadLetters}' },
  }),
  mapping,
];

/** Once a minute, and never a second time for one minute: a run ends before the next begins. (TOM-4.13) */
const siteSnapshot = [
  ...controlFunction<SiteSnapshotEnvironment>({
    ...{ stack: 'collection', id: 'SiteSnapshotFunction', control: 'site-snapshot', memory: [256, 1024], timeout: [10, 59] },
    ...{ network: 'proxy', variables: { ...throughProxy('rempart_maintenance'), SETTINGS_BUCKET: '${data/Settings}' } },
  }),
  declare('AWS::Lambda::EventInvokeConfig', 'collection/SiteSnapshotOnce', {
    FunctionName: '${collection/SiteSnapshotFunction}',
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 0,
    MaximumEventAgeInSeconds: 60,
  }),
  ...scheduled({
    ...{ stack: 'collection', id: 'SiteSnapshot', group: 'site-snapshot', expression: 'rate(1 minute)' },
    retries: { attempts: 0, seconds: 60 },
    after: ['SiteSnapshotOnce'],
  }),
  firstRun('collection', 'SiteSnapshot', { after: ['SiteSnapshotOnce'] }),
];

const firstServersFamily = [
  'CollectorsFirstServersFunction',
  'CollectorsFirstServersFunctionDeadLetters',
  'CollectorsFirstServersFunctionDeadLettersPolicy',
  'CollectorsFirstServersFunctionLog',
  'CollectorsFirstServersFunctionPermissions',
  'CollectorsFirstServersFunctionRole',
  'CollectorsFirstServersHealthy',
];

/** The first deployment waits for two healthy servers. (TOM-6.1) */
const firstServers = [
  ...controlFunction<FirstServersEnvironment>({
    ...{ stack: 'collection', id: 'CollectorsFirstServersFunction', control: 'first-servers', memory: [256, 1024], timeout: [900, 900] },
    ...{ after: hitArchive, variables: { TARGET_GROUP: '${collection/CollectorsTrafficTargets}', SERVERS: String(minimumServers) } },
  }),
  declare(
    firstServersType,
    'collection/CollectorsFirstServersHealthy',
    {
      ServiceToken: '${collection/CollectorsFirstServersFunction.Arn}',
      ServiceTimeout: '960',
      Fleet: '${collection/CollectorsFleetGroupASG}',
      TargetGroup: '${collection/CollectorsTrafficTargets}',
    },
    {
      ...{ deletion: 'Delete', replacement: 'Delete' },
      dependsOn: after(
        'collection',
        ...hitArchive,
        'CollectorsFirstServersFunctionPermissions',
        'CollectorsLogGroup',
        'CollectorsRolePermissions',
        'CollectorsTrafficFromProxies',
        'CollectorsTrafficRule',
      ),
    },
  ),
];

/** Smallest number of servers at any hour, of which the alarm on the minimum reports fewer. (TOM-6.9) */
export const fewestServers = ({ settings: { collection } }: DeploymentFacts): number =>
  Math.min(collection.servers.minimum, ...collection.scheduled.map(({ minimum }) => minimum));

/** Full name of the load balancer, from the ARN of its listener ("Fn::Split" of an ARN at `/`, parts 1 to 3). */
const listenerParts = `\${Fn::Split ${JSON.stringify(['/', '${edge/LoadBalancerHttps}'])}}`;
const loadBalancerName = [1, 2, 3].map((part) => `\${Fn::Select ${JSON.stringify([part, listenerParts])}}`).join('/');

export const balancerDimension = { Name: 'LoadBalancer', Value: loadBalancerName };
export const targetsDimension = { Name: 'TargetGroup', Value: '${collection/CollectorsTrafficTargets.TargetGroupFullName}' };

const serving = firstDatapoint(
  'collection/CollectorsAlarmsServing',
  {
    ...{ Namespace: 'AWS/ApplicationELB', MetricName: 'HealthyHostCount', Statistic: 'Minimum' },
    Dimensions: [targetsDimension, balancerDimension],
    AtLeast: by(({ facts }) => String(fewestServers(facts))),
  },
  after('collection', ...hitArchive, ...firstServersFamily),
);

/** Starts at once when a mirror degrades, and every 15 minutes, in case an event was lost. (TOM-6.2) */
const replacementRule = declare(
  eventRuleType,
  'collection/CollectorsReplacementRule',
  {
    Description: words,
    EventPattern: {
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: ['${collection/CollectorsAlarmsArrayDegraded.Arn}'],
      detail: { state: { value: ['ALARM'] } },
    },
    ScheduleExpression: 'rate(15 minutes)',
    Targets: targetsOfRule('collection', 'CollectorsReplacement'),
    Tags: tags(),
  },
  { dependsOn: after('collection', ...hitArchive) },
);

const replacement = [
  ...controlFunction<ServerReplacementEnvironment>({
    ...{ stack: 'collection', id: 'CollectorsReplacementFunction', control: 'server-replacement', memory: [256, 1024], timeout: [30, 300] },
    ...{ after: hitArchive, rule: 'CollectorsReplacementRule' },
    variables: { GROUP: '<deployment>-collectors', NAMESPACE: 'Rempart/<deployment>', METRIC: 'ArrayDegraded' },
  }),
  replacementRule,
  ruleInvokes('collection', 'CollectorsReplacement', after('collection', ...hitArchive, 'CollectorsReplacementFunctionPermissions')),
];

export const collectionFunctions: readonly Declaration[] = [...ingest, ...siteSnapshot, ...firstServers, serving, ...replacement];
