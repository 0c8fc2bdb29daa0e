// Costs of keys, secrets, logs, metrics, alarms and the audit trail.
import { daysInMonth } from '../prices/prices';
import { at, listAt, numberAt, type Resource } from '../resources';
import { type Coster, charge, each, ofType } from './charge';
import { deliveredObjects } from './storage';

/** Metrics of an alarm, one of which each metric of an expression is. */
const metricsOf = ({ properties }: Resource): readonly unknown[] => {
  const listed = listAt(properties, 'Metrics').flatMap((query) => at(query, 'MetricStat', 'Metric') ?? []);
  return listed.length > 0
    ? listed
    : [{ Namespace: properties.Namespace, MetricName: properties.MetricName, Dimensions: properties.Dimensions }];
};

/** Metrics of the deployment's own that alarms read; each is billed once, whoever publishes it. */
const alarms: Coster = (found) => {
  const metrics = found.flatMap(metricsOf);
  const own = metrics.filter((metric) => !String(at(metric, 'Namespace')).startsWith('AWS/'));
  return [
    charge('alarms by their metrics', 'alarmMonth', metrics.length),
    charge('metrics of their own', 'metricMonth', new Set(own.map((metric) => JSON.stringify(metric))).size),
  ];
};

/** Gigabytes a month that the log groups of trail and functions take, and their storage. */
const logGroups: Coster = (found, { traffic, all }) => {
  const trailEnds = all
    .filter(({ type }) => type === 'AWS::CloudTrail::Trail')
    .map(({ properties }) => JSON.stringify(properties.CloudWatchLogsLogGroupArn));
  const sizes = found.map((group) => {
    const events = trailEnds.some((end) => end?.includes(group.id))
      ? (traffic.assumed.trailEvents * traffic.assumed.trailEventBytes) / 1e9
      : 0;
    const gigabytes = traffic.assumed.quietLogGb + events;
    return { gigabytes, kept: gigabytes * traffic.monthsKept(numberAt(group.properties, ['RetentionInDays'], 3650) / daysInMonth) };
  });
  return [
    charge(
      'lines',
      'logInGb',
      sizes.reduce((sum, { gigabytes }) => sum + gigabytes, 0),
    ),
    charge(
      'kept lines',
      'logKeptGb',
      sizes.reduce((sum, { kept }) => sum + kept, 0),
    ),
  ];
};

/** Insights, and the data events of the hits' bucket: objects that are written, and the lake's that are examined. */
const trails: Coster = (found, context) => {
  const { traffic, shape } = context;
  const selectors = found.flatMap(({ properties }) => listAt(properties, 'AdvancedEventSelectors'));
  const hasData = JSON.stringify(selectors).includes('"Data"');
  const events = deliveredObjects(context) + (shape.hitsLiveIn === 'lake' ? 2 * traffic.lakeObjects : 0);
  const kinds = found.flatMap(({ properties }) => listAt(properties, 'InsightSelectors')).length;
  return [
    charge('insights', 'insightEvents', (kinds * traffic.assumed.trailEvents) / 100_000),
    charge('data events', 'dataEvents', hasData ? events / 100_000 : 0),
  ];
};

/** The requests are those of the deployment; they are charged with its first stack of keys. */
const keys: Coster = (found, context) => [
  charge('keys', 'keyMonth', found.length),
  charge('requests', 'keyRequests', ofType(context, 'AWS::KMS::Key')[0] === found[0] ? context.traffic.assumed.keyRequests * 100 : 0),
];

export const recordLines: Readonly<Record<string, Coster>> = {
  'AWS::CloudWatch::Alarm': alarms,
  'AWS::Logs::LogGroup': logGroups,
  'AWS::CloudTrail::Trail': trails,
  'AWS::KMS::Key': keys,
  'AWS::SecretsManager::Secret': each('secrets', 'secretMonth', 1),
};
