// An alarm that arrives: it notifies the topic of the deployment when it is raised and when it is over, its actions
// are enabled, and its description ends with severity and runbook entry.
import { type AlarmId, alarms } from '../../config/names';
import { anchorOf, runbookPath } from '../../config/runbook';
import type { DeploymentFacts } from '../template/assembly';
import { alarmType } from '../template/resource-types';
import { type Declaration, type DeclarationOptions, declare } from './declaration';
import { between, type FormLike, is, that, words } from './form';
import { tags } from './tags';

/** The topic of the deployment. (TOM-3.4) */
const topic = '${account/Alarms}';

/** A metric of one statistic, or an expression over several. `every` is the period in seconds. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly statistic: 'Sum' | 'Maximum' | 'Minimum';
  /** Dimensions in the order of the template. @default - none */
  readonly dimensions?: readonly FormLike[];
}

/** An expression over metrics by their ids, in the order of the template. */
export interface Expression {
  readonly expression: string;
  readonly label: string;
  readonly metrics: Readonly<Record<string, Metric>>;
}

/** How an alarm is raised: a value above, at least or below the threshold. */
export type Comparison = { readonly above: FormLike } | { readonly atLeast: FormLike } | { readonly below: FormLike };

export interface AlarmDeclaration {
  /** End of the resource's name, of the alarm's name, and heading of the runbook entry. */
  readonly id: AlarmId;
  /** Path of the construct in its stack, without the id. */
  readonly of: string;
  /** `page`: act now. `ticket`: act within a working day. */
  readonly severity: 'page' | 'ticket';
  readonly metric: Metric | Expression;
  /** The period in seconds. */
  readonly every: number;
  /** Longest time from the failure to the alarm, in periods. @default 1 */
  readonly periods?: number;
  readonly raised: Comparison;
  /**
   * Missing data: `fine`, for metrics that only a failure publishes; `unchanged`, for those that are published rarely;
   * `failure`, for those that are published without a failure.
   */
  readonly silence: keyof typeof missingData;
  /** Resources before the alarm: of one on silence, the wait for the first datapoint. @default - none */
  readonly dependsOn?: readonly string[];
  /** Classification of the construct that the alarm belongs to. @default - none */
  readonly classification?: 'personal';
  /** @default - every deployment has the alarm */
  readonly when?: (facts: DeploymentFacts) => boolean;
}

const missingData = { fine: 'notBreaching', unchanged: 'ignore', failure: 'breaching' } as const;

/** Declares an alarm that notifies people. (TOM-3.4) */
export function alarm(declaration: AlarmDeclaration): Declaration {
  return declareAlarm(declaration, declaration.severity, { AlarmActions: [topic], OKActions: [topic] });
}

/** Declares an alarm that starts a scaling policy, without a notification. (TOM-6.9) */
export function scalingAlarm(declaration: Omit<AlarmDeclaration, 'severity'>, policy: string): Declaration {
  return declareAlarm(declaration, 'none', { AlarmActions: [policy] });
}

type Unrated = Omit<AlarmDeclaration, 'severity'>;

function declareAlarm(declaration: Unrated, severity: string, actions: Readonly<Record<string, FormLike>>): Declaration {
  const { id, of, metric, every, periods = 1, raised, silence, dependsOn, classification, when } = declaration;
  const properties = {
    AlarmName: `<deployment>-${alarms[id]}-${id}`,
    AlarmDescription: description(id, severity),
    ...actions,
    ...('expression' in metric ? { Metrics: expressionForm(metric, every) } : { ...metricForm(metric), Period: every }),
    ...comparison(raised),
    EvaluationPeriods: between(1, periods),
    TreatMissingData: missingData[silence],
    Tags: tags(classification),
  };
  const options: DeclarationOptions = { ...(dependsOn ? { dependsOn } : {}), ...(when ? { when } : {}) };
  return declare(alarmType, `${alarms[id]}/${of}${id}`, properties, options);
}

/** The runbook entry of an alarm, as in `docs/runbook.md#hitsrefused`. */
const entryOf = ({ settings }: DeploymentFacts, id: AlarmId): string => `${settings.alarms.runbook ?? runbookPath}#${anchorOf(id)}`;

/** One line that begins with the failure and ends with severity and runbook entry. */
function description(id: AlarmId, severity: string): FormLike {
  const required = `a failure in words, then "Severity: ${severity}. Runbook: <address>#${anchorOf(id)}"`;
  return that(words, required, (value, { facts }) => {
    const end = ` Severity: ${severity}. Runbook: ${entryOf(facts, id)}`;
    return typeof value === 'string' && value.endsWith(end) && /^[A-Z][ -~]{10,}\.$/.test(value.slice(0, -end.length));
  });
}

const metricForm = ({ namespace, name, statistic, dimensions }: Metric): Readonly<Record<string, FormLike>> => ({
  ...{ Namespace: namespace, MetricName: name, Statistic: statistic },
  ...(dimensions ? { Dimensions: dimensions } : {}),
});

function expressionForm({ expression, label, metrics }: Expression, every: number): FormLike {
  const inputs = Object.entries(metrics).map(([Id, metric]) => {
    const { Statistic: Stat, ...rest } = metricForm(metric);
    return { Id, MetricStat: { Metric: rest, Period: every, Stat: Stat as string }, ReturnData: false };
  });
  return [{ Id: 'expr_1', Expression: expression, Label: label, ReturnData: true }, ...inputs];
}

function comparison(raised: Comparison): Readonly<Record<string, FormLike>> {
  if ('above' in raised) return { ComparisonOperator: 'GreaterThanThreshold', Threshold: raised.above };
  if ('atLeast' in raised) return { ComparisonOperator: 'GreaterThanOrEqualToThreshold', Threshold: raised.atLeast };
  return { ComparisonOperator: 'LessThanThreshold', Threshold: raised.below };
}

/** Metric of a function, as in `Errors`. */
export const ofFunction = (name: string, lambda: string, statistic: Metric['statistic'] = 'Sum'): Metric => ({
  ...{ namespace: 'AWS/Lambda', name, statistic },
  dimensions: [{ Name: 'FunctionName', Value: `\${${lambda}}` }],
});

/** Runs that succeed: missing data of either metric counts as none. */
export const successesOf = (lambda: string): Expression => ({
  expression: 'FILL(runs, 0) - FILL(failed, 0)',
  label: 'Runs that succeeded',
  metrics: { runs: ofFunction('Invocations', lambda), failed: ofFunction('Errors', lambda) },
});

/** No value at all is admitted. */
export const none = is(0);
/** One value is enough. */
export const one = is(1);
