// TOM-3.1, TOM-6.5: an alarm is raised when a tunnel is down, and a function examines the tunnels every hour.
import { type Finding, type Guard, type Rule, remove, replace } from '../../rule';
import { type Assembly, isObject, listOf, type Resource } from '../../template/assembly';
import { alarmType, scheduleType, vpnConnectionType } from '../../template/resource-types';
import { numberBetween, type RequiredRuns, runFindings, runGuards, runReads } from '../control-run-findings';
import { alarmGuards } from '../probe-alarms';

const hourInSeconds = 3600;
/** Seconds without a completed run after which people are notified. */
export const longestGap = 6 * hourInSeconds;
/** Seconds for which a tunnel may be down before people are notified. */
const longestDown = 900;

/** The algorithms of tunnels, as the function reads them. (TOM-3.1) */
const algorithms = 'ikev2;AES256-GCM-16;SHA2-384,SHA2-512;19,20,21';
/** Oldest pre-shared key, in days: it is replaced once a year. (TOM-3.10) */
const oldestKeyDays = 365;

const fix = 'Create ManagementVpn and TunnelWatch in the access stack.';

const runs: RequiredRuns = {
  control: 'tunnel-watch',
  variables: [
    {
      ...{ name: 'CONNECTION', required: 'the connection of the deployment', wrong: ['vpn-0'] },
      holds: (value, lambda, assembly) =>
        assembly.ofType(vpnConnectionType).some((connection) => assembly.refersTo(value, lambda, connection)),
    },
    {
      ...{ name: 'ALGORITHMS', required: algorithms, wrong: ['ikev2;AES256-GCM-16,AES128;SHA2-384,SHA2-512;19,20,21'] },
      holds: (value) => value === algorithms,
    },
    numberBetween('KEY_DAYS', 1, oldestKeyDays, ['366', 'never']),
  ],
  ...{ trigger: scheduleType, interval: hourInSeconds, gap: longestGap },
};

export const tunnelWatch: Rule = {
  name: 'tunnel-watch',
  requires: 'an alarm is raised when a tunnel of the Site-to-Site VPN is down, and a function examines the tunnels hourly',
  types: [vpnConnectionType],
  mustApply: false,
  check(connection, assembly) {
    const alarms = assembly.ofType(alarmType);
    const finding = (id: string, required: string): Finding => ({
      id,
      path: 'the alarms of the connection',
      found: undefined,
      required,
      fix,
    });
    return [
      ...(alarms.some((alarm) => isDownAlarm(alarm, 'Minimum', connection, assembly))
        ? []
        : [finding('tunnel-down', `an alarm when a tunnel has been down for ${longestDown} seconds`)]),
      ...(alarms.some((alarm) => isDownAlarm(alarm, 'Maximum', connection, assembly))
        ? []
        : [finding('tunnels-down', `an alarm when both tunnels have been down for ${longestDown} seconds`)]),
      ...runFindings(runs, assembly, fix),
    ];
  },
  guards: [...downGuards('Minimum'), ...downGuards('Maximum'), ...runGuards(runs)],
  reads: runReads(scheduleType),
};

/**
 * The lowest value of the connection is below 1 when a tunnel is down; the highest is below 0.5 when both are
 * ("Monitor AWS Site-to-Site VPN tunnels using Amazon CloudWatch").
 */
function isDownAlarm(alarm: Resource, statistic: 'Minimum' | 'Maximum', connection: Resource, assembly: Assembly): boolean {
  const [dimension, ...others] = listOf(alarm.at('Dimensions'));
  const threshold = Number(alarm.at('Threshold'));
  return (
    alarm.at('Namespace') === 'AWS/VPN' &&
    alarm.at('MetricName') === 'TunnelState' &&
    alarm.at('Statistic') === statistic &&
    others.length === 0 &&
    isObject(dimension) &&
    dimension.Name === 'VpnId' &&
    assembly.refersTo(dimension.Value, alarm, connection) &&
    alarm.at('ComparisonOperator') === 'LessThanThreshold' &&
    (statistic === 'Minimum' ? threshold === 1 : threshold > 0 && threshold <= 0.5) &&
    Number(alarm.at('EvaluationPeriods')) * Number(alarm.at('Period')) <= longestDown &&
    alarm.at('ActionsEnabled') !== false
  );
}

function downGuards(statistic: 'Minimum' | 'Maximum'): readonly Guard[] {
  const isOwn: NonNullable<Guard['where']> = (alarm, assembly) =>
    assembly.ofType(vpnConnectionType).some((connection) => isDownAlarm(alarm, statistic, connection, assembly));
  return alarmGuards(isOwn, {
    'Properties.Threshold': [remove, replace(0)],
    'Properties.EvaluationPeriods': [remove, replace(100)],
  });
}
