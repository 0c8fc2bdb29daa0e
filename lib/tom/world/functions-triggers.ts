// Triggers of functions: schedules with their groups, and the waits of alarms for a first run.
import { firstDatapointType } from '../../config/custom-resource-types';
import type { DeploymentFacts } from '../template/assembly';
import { permissionType, scheduleType } from '../template/resource-types';
import { type Declaration, declare } from './declaration';
import { by, type Form, type FormLike, words } from './form';
import { functionIdOf } from './functions-family';
import { after } from './functions-order';
import { tags } from './tags';

export interface Schedule {
  readonly stack: string;
  /** Construct of the schedule, as in `Upkeep`; the family of its function has the name `<id>Function`. */
  readonly id: string;
  /** End of the name of the group, which the trust policy of the role names. */
  readonly group: string;
  /** The expression, in UTC. */
  readonly expression: FormLike;
  /** Attempts to start the function, and their time in seconds; a failed start is a dead letter. */
  readonly retries: { readonly attempts: number; readonly seconds: number };
  /** Resources of the stack before the schedule, besides its permissions. @default - none */
  readonly after?: readonly string[];
  /** Whether the schedule rests. @default - never */
  readonly isHeld?: (facts: DeploymentFacts) => boolean;
  readonly when?: (facts: DeploymentFacts) => boolean;
}

/** Retries of a start that is due once a day: until the next one. */
export const dailyRetries = { attempts: 10, seconds: 86_400 };

/**
 * Declares a schedule that is enabled without end unless it rests, in a group of its own. Identity declares its role
 * and permissions.
 */
export function scheduled({ stack, id, group, expression, retries, after: before = [], isHeld, when }: Schedule): readonly Declaration[] {
  const properties = {
    GroupName: `\${${stack}/${id}Group}`,
    Description: words,
    ScheduleExpression: expression,
    ScheduleExpressionTimezone: 'UTC',
    FlexibleTimeWindow: { Mode: 'OFF' },
    KmsKeyArn: '${account/DeploymentKey.Arn}',
    Target: {
      Arn: `\${${stack}/${functionIdOf(id)}.Arn}`,
      RoleArn: `\${${stack}/${id}Role.Arn}`,
      DeadLetterConfig: { Arn: `\${${stack}/${functionIdOf(id)}DeadLetters.Arn}` },
      RetryPolicy: { MaximumRetryAttempts: retries.attempts, MaximumEventAgeInSeconds: retries.seconds },
    },
  };
  const options = when ? { when } : {};
  return [
    declare('AWS::Scheduler::ScheduleGroup', `${stack}/${id}Group`, { Name: `<deployment>-${stack}-${group}`, Tags: tags() }, options),
    declare(scheduleType, `${stack}/${id}Schedule`, isHeld ? heldWhere(isHeld, properties) : properties, {
      ...options,
      dependsOn: after(stack, `${id}Permissions`, ...before),
    }),
  ];
}

const heldWhere = (isHeld: (facts: DeploymentFacts) => boolean, properties: Readonly<Record<string, FormLike>>): Form =>
  by(({ facts }) => (isHeld(facts) ? { ...properties, State: 'DISABLED' } : properties));

/** Target of the rule `<id>Rule`: its function, whose start is retried for 15 minutes before it is a dead letter. */
export const targetsOfRule = (stack: string, id: string): FormLike => [
  {
    Id: 'Function',
    Arn: `\${${stack}/${id}Function.Arn}`,
    DeadLetterConfig: { Arn: `\${${stack}/${id}FunctionDeadLetters.Arn}` },
    RetryPolicy: { MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 900 },
  },
];

/** Declares that the rule `<id>Rule` and no other invokes its function. */
export const ruleInvokes = (stack: string, id: string, dependsOn: readonly string[]): Declaration =>
  declare(
    permissionType,
    `${stack}/${id}FunctionRule`,
    {
      Action: 'lambda:InvokeFunction',
      FunctionName: `\${${stack}/${id}Function.Arn}`,
      Principal: 'events.amazonaws.com',
      SourceArn: `\${${stack}/${id}Rule.Arn}`,
    },
    { dependsOn },
  );

/** The wait lasts 13 minutes at most, and its function has 15. CloudFormation waits longer. (TOM-3.4) */
const waitSeconds = '960';

/** Declares the wait for a datapoint, before the alarm on its silence. */
export function firstDatapoint(
  name: string,
  metric: Readonly<Record<string, FormLike>>,
  dependsOn: readonly string[],
  when?: (facts: DeploymentFacts) => boolean,
): Declaration {
  const properties = { ServiceToken: '${data/FirstDatapointsFunction.Arn}', ServiceTimeout: waitSeconds, ...metric };
  const before = { ...(dependsOn.length > 0 ? { dependsOn } : {}), ...(when ? { when } : {}) };
  return declare(firstDatapointType, name, properties, { deletion: 'Delete', replacement: 'Delete', ...before });
}

interface FirstRun {
  /** @default - runs that succeed */
  readonly metric?: Readonly<Record<string, FormLike>>;
  /** Resources of the stack before the run. @default - none */
  readonly after?: readonly string[];
  readonly when?: (facts: DeploymentFacts) => boolean;
}

/** Declares the wait for the first run of a function that succeeds. */
export function firstRun(
  stack: string,
  id: string,
  { metric = successOf(stack, id), after: earlier = [], when }: FirstRun = {},
): Declaration {
  const waits = stack === 'data' ? ['FirstDatapointsFunctionPermissions'] : [];
  const before = after(stack, `${id}FunctionPermissions`, ...waits, ...earlier);
  return firstDatapoint(`${stack}/${id}FirstRun`, { ...metric, AtLeast: '1', Invoke: `\${${stack}/${functionIdOf(id)}}` }, before, when);
}

/** `Invocations` counts runs that fail, too; they are subtracted. */
const successOf = (stack: string, id: string): Readonly<Record<string, FormLike>> => ({
  ...{ Namespace: 'AWS/Lambda', MetricName: 'Invocations', Statistic: 'Sum', Failures: 'Errors' },
  Dimensions: [{ Name: 'FunctionName', Value: `\${${stack}/${functionIdOf(id)}}` }],
});
