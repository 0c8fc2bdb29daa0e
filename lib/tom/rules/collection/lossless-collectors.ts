// TOM-4.13, TOM-5.1, TOM-6.9, TOM-7.1: collectors respond when a hit is on disk, and terminate when disks are empty.

import { type Finding, finding, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { alarmsOn, notifiesTopic } from '../../template/alarms';
import { type Assembly, isObject, listOf, type Resource } from '../../template/assembly';
import { bootSettingIs, bootSettings, fetchesChecked, isReferenceTo, userDataPath } from '../../template/boot-settings';
import { clientAddressSource } from '../../template/client-address';
import { fleetDimension, isCollecting, numberIn, templateOf, templatePathOf } from '../../template/fleets';
import { alarmType, bucketType, fleetType, serverTemplateType, streamType } from '../../template/resource-types';
import { spoolFolder } from '../../template/server-contract';

const hooksPath = 'LifecycleHookSpecificationList';
const abandonPath = 'InstanceLifecyclePolicy.RetentionTriggers.TerminateHookAbandon';
const versionPath = 'MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.Version';
const distributionPath = 'MixedInstancesPolicy.InstancesDistribution';
/** Share of On-Demand Instances above the base capacity; the default of EC2 Auto Scaling is 100. */
const onDemandPath = `${distributionPath}.OnDemandPercentageAboveBaseCapacity`;
const marketPath = 'LaunchTemplateData.InstanceMarketOptions';

/**
 * Each lifecycle hook of the fleet, with the variable of its name on the server
 * (services/collector/host/lifecycle.sh).
 */
const hooks = {
  'autoscaling:EC2_INSTANCE_LAUNCHING': 'LAUNCH_HOOK',
  'autoscaling:EC2_INSTANCE_TERMINATING': 'TERMINATION_HOOK',
} as const;
type Transition = keyof typeof hooks;
const transitions = Object.keys(hooks) as Transition[];

/** 1 if a server was not drained and is retained, published by services/collector/host/lifecycle.sh. */
const hitsLeftMetric = 'HitsLeft';
const isHitsLeftAlarm = (alarm: Resource): boolean => alarm.at('MetricName') === hitsLeftMetric;

/** Programs that store hits and drain a server. */
const programs = ['collector.cjs', 'lifecycle.sh'];

/** Shortest heartbeat timeout, in seconds. With a shorter one a working server is abandoned. */
const shortestHeartbeat = 300;

export const losslessCollectors: Rule = {
  name: 'lossless-collectors',
  requires: 'collectors write each hit to the mirrored disk before they respond, and terminate only after they are drained',
  types: [fleetType],
  check(fleet, assembly) {
    if (!isCollecting(fleet)) return 'not-applicable';
    const template = templateOf(fleet, assembly);
    return [
      ...lifecycleFindings(fleet, template, assembly),
      ...alarmFindings(fleet, assembly),
      ...(template ? serverFindings(fleet, template, assembly) : []),
    ];
  },
  guards: [
    guardWhere(fleetType, isCollecting, `Properties.${hooksPath}`, remove, replace([])),
    guardWhere(fleetType, isCollecting, `Properties.${hooksPath}.*`, remove),
    ...['LifecycleTransition', 'LifecycleHookName'].map((name) =>
      guardWhere(fleetType, isCollecting, `Properties.${hooksPath}.*.${name}`, remove, replace('other')),
    ),
    guardWhere(fleetType, isCollecting, `Properties.${hooksPath}.*.DefaultResult`, replace('CONTINUE')),
    guardWhere(fleetType, isCollecting, `Properties.${hooksPath}.*.HeartbeatTimeout`, replace(30)),
    guardWhere(fleetType, isCollecting, `Properties.${abandonPath}`, remove, replace('terminate')),
    guardWhere(fleetType, isCollecting, `Properties.${versionPath}`, remove, replace('1')),
    guardWhere(fleetType, isCollecting, `Properties.${onDemandPath}`, replace(0), replace(99), replace({ Ref: 'Share' })),
    guardWhere(alarmType, isHitsLeftAlarm, '', remove),
    ...['MetricName', 'Dimensions', 'AlarmActions', 'Threshold', 'Statistic', 'ComparisonOperator'].map((name) =>
      guardWhere(alarmType, isHitsLeftAlarm, `Properties.${name}`, remove),
    ),
    guardWhere(alarmType, isHitsLeftAlarm, 'Properties.Threshold', replace(100)),
    guardWhere(alarmType, isHitsLeftAlarm, 'Properties.ActionsEnabled', set(false)),
    guardWhere(serverTemplateType, isOfCollectors, `Properties.${marketPath}`, set({ MarketType: 'spot' })),
    guardWhere(serverTemplateType, isOfCollectors, `Properties.${userDataPath}`, replace('#!/bin/bash\n')),
  ],
  reads: [
    { type: fleetType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData.UserData' },
  ],
};

const build = 'Create the fleet with Collectors.';

/**
 * A hook that continues by default would send traffic to a server that is not ready, or terminate a server with hits.
 */
function lifecycleFindings(fleet: Resource, template: Resource | undefined, assembly: Assembly): readonly Finding[] {
  const listed = listOf(fleet.at(hooksPath)).filter(isObject);
  const missing = transitions.filter((transition) => {
    return !listed.some(
      (hook) =>
        hook.LifecycleTransition === transition &&
        template !== undefined &&
        bootSettingIs(template, hooks[transition], hook.LifecycleHookName, assembly) &&
        (hook.DefaultResult === undefined || hook.DefaultResult === 'ABANDON') &&
        (numberIn(hook.HeartbeatTimeout) ?? 3600) >= shortestHeartbeat,
    );
  });
  const required = `a hook that the server completes, with default result ABANDON and a heartbeat timeout of ${shortestHeartbeat} seconds or more`;
  return [
    ...missing.map((transition) => finding(fleet, `hook::${transition}`, `Properties.${hooksPath}`, required, build)),
    ...(fleet.at(abandonPath) === 'retain' ? [] : [finding(fleet, 'kept', `Properties.${abandonPath}`, 'retain', build)]),
  ];
}

/** A server that was not drained is retained; an alarm notifies the operators. */
function alarmFindings(fleet: Resource, assembly: Assembly): readonly Finding[] {
  const raised = (alarm: Resource): boolean =>
    alarm.at('ComparisonOperator') === 'GreaterThanOrEqualToThreshold' &&
    Number(alarm.at('Threshold')) <= 1 &&
    alarm.at('Statistic') === 'Maximum';
  if (alarmsOn(fleet, hitsLeftMetric, fleetDimension, assembly).some((alarm) => raised(alarm) && notifiesTopic(alarm, assembly))) return [];
  return [
    finding(
      fleet,
      'alarm',
      'the alarms of the fleet',
      `an alarm on ${hitsLeftMetric} that notifies a topic`,
      'Create the alarm with FleetAlarms.',
    ),
  ];
}

function serverFindings(fleet: Resource, template: Resource, assembly: Assembly): Verdict & readonly Finding[] {
  const path = `Properties.${userDataPath}`;
  const wrong = requiredSettings(assembly).filter(({ name, isAllowed }) => {
    const values = bootSettings(template, name, assembly);
    return values.length === 0 || !values.every(isAllowed);
  });
  return [
    ...versionFindings(fleet, template),
    ...spotFindings(fleet),
    ...(template.at(marketPath) === undefined
      ? []
      : [
          finding(
            template,
            'spot',
            `Properties.${marketPath}`,
            'no spot instances, which may be interrupted before they are drained',
            build,
          ),
        ]),
    ...programs
      .filter((file) => !fetchesChecked(template, file, assembly))
      .map((file) => finding(fleet, `program::${file}`, path, `user data that fetches ${file} and verifies its checksum`, build)),
    ...wrong.map(({ name, required }) => finding(fleet, `setting::${name}`, path, `${name}: ${required}`, build)),
  ];
}

/** Rules evaluate the deployed launch template. Servers of an older version would not be evaluated. */
function versionFindings(fleet: Resource, template: Resource): readonly Finding[] {
  const path = `${templatePathOf(fleet)}.Version`;
  const version = fleet.at(path);
  const named = isObject(version) ? listOf(version['Fn::GetAtt']).join('.') : '';
  if (named === `${template.logicalId}.LatestVersionNumber`) return [];
  return [finding(fleet, 'version', `Properties.${path}`, `the latest version of ${template.logicalId}`, build)];
}

/** A spot instance ends two minutes after its interruption notice, which may be too short to drain its spool. */
function spotFindings(fleet: Resource): readonly Finding[] {
  const share = fleet.at(onDemandPath);
  if (share === undefined || numberIn(share) === 100) return [];
  return [
    finding(fleet, 'spot', `Properties.${onDemandPath}`, '100, because spot instances may be interrupted before they are drained', build),
  ];
}

interface Setting {
  readonly name: string;
  readonly isAllowed: (value: string) => boolean;
  readonly required: string;
}

/** Required variables of the program (services/collector/env.ts). */
function requiredSettings(assembly: Assembly): readonly Setting[] {
  const keys = `secretsmanager:${assembly.facts.deployment}/sites`;
  const source = clientAddressSource(assembly.facts);
  return [
    { name: 'DURABLE', isAllowed: (value) => value === 'on', required: 'on, so that every acknowledged hit is on disk' },
    {
      name: 'SPOOL_FOLDER',
      isAllowed: (value) => value === spoolFolder,
      required: `${spoolFolder}, the mount point of the mirrored disks`,
    },
    { name: 'STREAM_NAME', isAllowed: (value) => isReferenceTo(value, streamType, assembly), required: 'a stream of the deployment' },
    {
      name: 'SITES_SOURCE',
      isAllowed: (value) => isReferenceTo(value, bucketType, assembly, 's3://', '/sites.json'),
      required: 'the site snapshot in a bucket of the deployment',
    },
    {
      name: 'KEYS_SOURCE',
      isAllowed: (value) => value === keys,
      required: `${keys}, the keys of the sites of the deployment`,
    },
    { name: 'CLIENT_ADDRESS', isAllowed: (value) => value === source, required: `${source}, which clients cannot forge` },
  ];
}

function isOfCollectors(template: Resource, assembly: Assembly): boolean {
  return assembly.ofType(fleetType).some((fleet) => isCollecting(fleet) && templateOf(fleet, assembly) === template);
}
