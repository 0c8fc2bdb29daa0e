// Further resources and tags, each with the declaration that a reviewer sees.
import { alarmType, keyAliasType, logGroupType } from '../../../../lib/tom/template/resource-types';
import { declare } from '../../../../lib/tom/world/declaration';
import { optional, words } from '../../../../lib/tom/world/form';
import { after } from '../../../../lib/tom/world/functions-order';
import { logGroup } from '../../../../lib/tom/world/log-groups';
import { tags } from '../../../../lib/tom/world/tags';
import { add, alarmNamed, at, functionNamed, listAt, logGroupNamed, put, ref, resourceOfType } from '../challenge';
import type { HonestChange } from './honest';

const throttled = {
  ...{ AlarmName: 'production-data-UpkeepThrottled', Namespace: 'AWS/Lambda', MetricName: 'Throttles', Statistic: 'Sum', Period: 300 },
  ...{ ComparisonOperator: 'GreaterThanThreshold', Threshold: 0, EvaluationPeriods: 1, TreatMissingData: 'notBreaching' },
};
const costCentre = { Key: 'cost-centre', Value: '4711' };

export const resourceChanges: readonly HonestChange[] = [
  {
    title: 'a further alarm',
    change({ data }) {
      const { properties: like } = alarmNamed(data, 'BackupsShared');
      const shared = { AlarmActions: at(like, 'AlarmActions'), OKActions: at(like, 'OKActions'), Tags: at(like, 'Tags') };
      const Dimensions = [{ Name: 'FunctionName', Value: ref(functionNamed(data, 'database-upkeep').id) }];
      const AlarmDescription = 'Upkeep of the database is throttled. Severity: ticket. Runbook: docs/runbook.md#upkeepthrottled';
      const properties = { ...throttled, ...shared, Dimensions, AlarmDescription };
      add(data, 'UpkeepUpkeepThrottled0A1B2C3D', alarmType, properties, {
        Metadata: { 'aws:cdk:path': 'production-data/Upkeep/UpkeepThrottled' },
      });
    },
    declares: declare(alarmType, 'data/UpkeepUpkeepThrottled', {
      ...{ ...throttled, AlarmDescription: words, AlarmActions: ['${account/Alarms}'], OKActions: ['${account/Alarms}'], Tags: tags() },
      Dimensions: [{ Name: 'FunctionName', Value: '${data/UpkeepFunction}' }],
    }),
  },
  {
    title: 'a further log group',
    change({ collection }) {
      const { properties, resource } = logGroupNamed(collection, '/functions/ingest');
      const copy = { ...properties, LogGroupName: '/rempart/production/replays' };
      const { Type: _, Properties: __, DependsOn: ___, ...attributes } = resource;
      add(collection, 'ReplayLog0A1B2C3D', logGroupType, copy, attributes);
    },
    declares: logGroup('collection/ReplayLog', {
      ...{ name: '/rempart/<deployment>/replays', key: 'account/DeploymentKey', classification: 'internal' },
    }),
  },
  {
    title: 'a further alias of a key',
    change({ data }) {
      const alias = resourceOfType(data, keyAliasType, 'DataKey');
      add(
        data,
        'DataKeyFormerAlias0A1B2C3D',
        keyAliasType,
        { ...alias.properties, AliasName: 'alias/production-hits' },
        {
          Metadata: { 'aws:cdk:path': 'production-data/DataKey/FormerAlias' },
        },
      );
    },
    declares: declare(keyAliasType, 'data/DataKeyFormerAlias', {
      AliasName: 'alias/<deployment>-hits',
      TargetKeyId: '${data/DataKey.Arn}',
    }),
  },
  {
    title: 'a further tag of a bucket',
    change: ({ data }) => void listAt(resourceOfType(data, 'AWS::S3::Bucket', 'Archive').properties, 'Tags').push(costCentre),
    amends: { of: 'data/Archive', path: 'Properties.Tags', form: tags('personal', costCentre) },
  },
  {
    title: 'a further tag of the stream',
    change: ({ data }) => void listAt(resourceOfType(data, 'AWS::Kinesis::Stream').properties, 'Tags').push(costCentre),
    amends: { of: 'data/Hits', path: 'Properties.Tags', form: tags('personal', costCentre) },
  },
  {
    title: 'another hour of a schedule',
    change: ({ data }) =>
      put(resourceOfType(data, 'AWS::Scheduler::Schedule', 'UpkeepSchedule').properties, 'ScheduleExpression', 'cron(15 3 * * ? *)'),
    amends: { of: 'data/UpkeepSchedule', path: 'Properties.ScheduleExpression', form: 'cron(15 3 * * ? *)' },
  },
  {
    title: 'a reserved concurrency of a function',
    change: ({ data }) => put(functionNamed(data, 'site-admin').properties, 'ReservedConcurrentExecutions', 2),
    amends: { of: 'data/SiteAdminFunction', path: 'Properties.ReservedConcurrentExecutions', form: optional(2) },
  },
  {
    title: 'a dependency of a function on its log',
    change({ data }) {
      const { resource } = functionNamed(data, 'site-admin');
      (resource.DependsOn as string[]).push(logGroupNamed(data, '/functions/site-admin').id);
    },
    amends: {
      ...{ of: 'data/SiteAdminFunction', path: 'DependsOn' },
      form: after('data', 'MigrationsSchema', 'SiteAdminFunctionLog', 'SiteAdminFunctionPermissions', 'SiteAdminFunctionRole'),
    },
  },
];
