// TOM-4.13, TOM-5.1, TOM-6.9, TOM-7.1: collectors answer when a hit is on their disks, made pseudonymous, and go when their disks are empty.

import { type Finding, finding, guardWhere, type Rule, remove, replace, set, type Verdict } from '../../rule';
import { tellsTopic } from '../../template/alarms';
import { type Assembly, isObject, type Json, listOf, type Resource } from '../../template/assembly';
import { bootSettings, fetchesChecked, userDataPath } from '../../template/boot-settings';
import { alarmsOn, fleetType, isCollecting, numberIn, serverTemplateType, templateOf } from '../../template/fleets';

const hooksPath = 'LifecycleHookSpecificationList';
const abandonPath = 'InstanceLifecyclePolicy.RetentionTriggers.TerminateHookAbandon';
const versionPath = 'LaunchTemplate.Version';
const marketPath = 'LaunchTemplateData.InstanceMarketOptions';

/** Each hook of the fleet, and the variable by which the server knows its name (services/collector/host/lifecycle.sh). */
const hooks = {
  'autoscaling:EC2_INSTANCE_LAUNCHING': 'LAUNCH_HOOK',
  'autoscaling:EC2_INSTANCE_TERMINATING': 'TERMINATION_HOOK',
} as const;
type Transition = keyof typeof hooks;
const transitions = Object.keys(hooks) as Transition[];

/** 1 when a server could not be drained and was kept, as services/collector/host/lifecycle.sh publishes it. */
const leftMetric = 'HitsLeft';
const alarmType = 'AWS::CloudWatch::Alarm';
const isOfLeft = (alarm: Resource): boolean => alarm.at('MetricName') === leftMetric;

/** Programs without which a server keeps nothing, or is not drained. */
const programs = ['collector.cjs', 'lifecycle.sh'];

/** Where the mirrored disks are mounted (services/collector/host/disks.sh). (TOM-6.2) */
const spoolFolder = '/var/spool/collector';

/** Seconds in which a server says that it is still there: with less it is given up while it works. */
const leastHeartbeat = 300;

export const losslessCollectors: Rule = {
  name: 'lossless-collectors',
  requires:
    'collectors run the program of the deployment, which keeps each hit on disk before it answers, under the settings and keys of sites; they take traffic when they say that they are ready, and end when they say that they are drained',
  types: [fleetType],
  check(fleet, assembly) {
    if (!isCollecting(fleet)) return 'not-applicable';
    const template = templateOf(fleet, assembly);
    return [
      ...lifecycleFindings(fleet, template),
      ...alarmFindings(fleet, assembly),
      ...(template ? serverVerdict(fleet, template, assembly) : []),
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
    guardWhere(alarmType, isOfLeft, '', remove),
    ...['MetricName', 'Dimensions', 'AlarmActions', 'Threshold', 'Statistic', 'ComparisonOperator'].map((name) =>
      guardWhere(alarmType, isOfLeft, `Properties.${name}`, remove),
    ),
    guardWhere(alarmType, isOfLeft, 'Properties.Threshold', replace(100)),
    guardWhere(alarmType, isOfLeft, 'Properties.ActionsEnabled', set(false)),
    guardWhere(serverTemplateType, isOfCollectors, `Properties.${marketPath}`, set({ MarketType: 'spot' })),
    guardWhere(serverTemplateType, isOfCollectors, `Properties.${userDataPath}`, replace('#!/bin/bash\n')),
  ],
  reads: [
    { type: fleetType, path: 'Properties' },
    { type: alarmType, path: 'Properties' },
    { type: serverTemplateType, path: 'Properties.LaunchTemplateData.UserData' },
  ],
};

const build = 'Build the fleet as Collectors does.';

/** A hook that goes on by itself would give traffic to a server that is not ready, or end one that still has hits. */
function lifecycleFindings(fleet: Resource, template: Resource | undefined): readonly Finding[] {
  const listed = listOf(fleet.at(hooksPath)).filter(isObject);
  const missing = transitions.filter((transition) => {
    const names = template ? bootSettings(template, hooks[transition]) : [];
    return !listed.some(
      (hook) =>
        hook.LifecycleTransition === transition &&
        names.includes(hook.LifecycleHookName ?? null) &&
        (hook.DefaultResult === undefined || hook.DefaultResult === 'ABANDON') &&
        (numberIn(hook.HeartbeatTimeout) ?? 3600) >= leastHeartbeat,
    );
  });
  const required = `one that the server answers, with default result ABANDON and a heartbeat of ${leastHeartbeat} seconds or more`;
  return [
    ...missing.map((transition) => finding(fleet, `hook::${transition}`, `Properties.${hooksPath}`, required, build)),
    ...(fleet.at(abandonPath) === 'retain' ? [] : [finding(fleet, 'kept', `Properties.${abandonPath}`, 'retain', build)]),
  ];
}

/** A server that could not be drained is kept for people, who must hear of it. */
function alarmFindings(fleet: Resource, assembly: Assembly): readonly Finding[] {
  const raised = (alarm: Resource): boolean =>
    alarm.at('ComparisonOperator') === 'GreaterThanOrEqualToThreshold' &&
    Number(alarm.at('Threshold')) <= 1 &&
    alarm.at('Statistic') === 'Maximum';
  if (alarmsOn(fleet, leftMetric, assembly).some((alarm) => raised(alarm) && tellsTopic(alarm, assembly))) return [];
  return [
    finding(fleet, 'told', 'the alarms of the fleet', `an alarm on ${leftMetric} that tells a topic`, 'Restore the alarm of FleetAlarms.'),
  ];
}

function serverVerdict(fleet: Resource, template: Resource, assembly: Assembly): Verdict & readonly Finding[] {
  const path = `Properties.${userDataPath}`;
  const wrong = requiredSettings(assembly).filter(({ name, good }) => {
    const values = bootSettings(template, name);
    return values.length === 0 || !values.every((value) => good(value, template));
  });
  return [
    ...versionFindings(fleet, template),
    ...(template.at(marketPath) === undefined
      ? []
      : [finding(template, 'spot', `Properties.${marketPath}`, 'none: who is interrupted has no time to be drained', build)]),
    ...programs
      .filter((file) => !fetchesChecked(template, file))
      .map((file) => finding(fleet, `program::${file}`, path, `a boot that fetches ${file} by its checksum`, build)),
    ...wrong.map(({ name, required }) => finding(fleet, `setting::${name}`, path, `${name}: ${required}`, build)),
  ];
}

/** Every rule reads the template as it is deployed; servers of an older version would be what nobody has looked at. */
function versionFindings(fleet: Resource, template: Resource): readonly Finding[] {
  const version = fleet.at(versionPath);
  const named = isObject(version) ? listOf(version['Fn::GetAtt']).join('.') : '';
  if (named === `${template.logicalId}.LatestVersionNumber`) return [];
  return [finding(fleet, 'version', `Properties.${versionPath}`, `the latest version of ${template.logicalId}`, build)];
}

interface Setting {
  readonly name: string;
  readonly good: (value: Json, template: Resource) => boolean;
  readonly required: string;
}

/** What the program must be told (services/collector/env.ts). */
function requiredSettings(assembly: Assembly): readonly Setting[] {
  const refersToType = (type: string) => (value: Json, template: Resource) => assembly.target(value, template.stack)?.type === type;
  const told = assembly.facts.cloudflare ? 'cf-connecting-ip' : 'x-forwarded-for';
  return [
    { name: 'DURABLE', good: (value) => value === 'on', required: 'on, so that what is answered is on disk' },
    { name: 'SPOOL_FOLDER', good: (value) => value === spoolFolder, required: `${spoolFolder}, where the mirrored disks are` },
    { name: 'STREAM_NAME', good: refersToType('AWS::Kinesis::Stream'), required: 'a stream of the deployment' },
    {
      name: 'SITES_SOURCE',
      good: refersToType('AWS::S3::Bucket'),
      required: 'sites, and what each asks for, in a bucket of the deployment',
    },
    { name: 'KEYS_SOURCE', good: (value) => /^secretsmanager:\S/.test(String(value)), required: 'the keys of sites, in the secrets store' },
    { name: 'CLIENT_ADDRESS', good: (value) => value === told, required: `${told}, the address that nobody can make up` },
  ];
}

function isOfCollectors(template: Resource, assembly: Assembly): boolean {
  return assembly.ofType(fleetType).some((fleet) => isCollecting(fleet) && templateOf(fleet, assembly) === template);
}
