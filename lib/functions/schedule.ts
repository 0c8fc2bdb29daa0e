// Starts a function by schedule, with a role that has no other permission.
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { type Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { scheduleCalls } from '../config/service-calls';
import type { Site } from '../config/site';
import { callStatements } from './call-statements';
import type { ControlFunction } from './control-function';

export interface ScheduleProps {
  readonly site: Site;
  /** Short name, unique in the stack; part of the name of the schedule group. Changing it creates another schedule. */
  readonly name: string;
  /** Task of the function, as in `the upkeep of the database`. */
  readonly starts: string;
  /** Description of the schedule, as in `Daily upkeep of the database`. */
  readonly description: string;
  readonly control: ControlFunction;
  /** Encrypts the schedule, and the dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Schedule expression of EventBridge Scheduler, in UTC: `cron(15 4 * * ? *)`, `rate(1 minute)`. */
  readonly expression: string;
  /**
   * Maximum number and duration of the attempts of Scheduler to invoke Lambda. Failed starts then go to the function's
   * dead letters.
   */
  readonly retries: { readonly attempts: number; readonly age: Duration };
  /** Whether the schedule rests. @default false */
  readonly isHeld?: boolean;
}

/** Creates a schedule in a group of its own, which the trust policy of the role names. */
export function scheduleFunction(
  scope: Construct,
  { site, name, starts, description, control, key, expression, retries, isHeld = false }: ScheduleProps,
): CfnSchedule {
  const group = new CfnScheduleGroup(scope, 'Group', { name: `${Stack.of(scope).stackName}-${name}` });
  const role = new Role(scope, 'Role', {
    // "Confused deputy prevention in EventBridge Scheduler": the group, because the schedule is created after the
    // role.
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceArn': group.attrArn } } }),
    description: `Allows the schedule to start ${starts}`,
  });
  const policy = new ManagedPolicy(scope, 'Permissions', {
    description: `Permissions of the schedule ${name}`,
    roles: [role],
    statements: callStatements(scope, scheduleCalls, {
      site,
      arns: {
        '<schedule>Function.Arn': control.function.functionArn,
        '<schedule>FunctionDeadLetters.Arn': control.deadLetters.queueArn,
        'account/DeploymentKey.Arn': key.keyArn,
      },
    }),
  });
  const schedule = new CfnSchedule(scope, 'Schedule', {
    groupName: group.ref,
    description,
    scheduleExpression: expression,
    scheduleExpressionTimezone: 'UTC',
    flexibleTimeWindow: { mode: 'OFF' },
    ...(isHeld ? { state: 'DISABLED' } : {}),
    kmsKeyArn: key.keyArn,
    target: {
      arn: control.function.functionArn,
      roleArn: role.roleArn,
      deadLetterConfig: { arn: control.deadLetters.queueArn },
      retryPolicy: { maximumRetryAttempts: retries.attempts, maximumEventAgeInSeconds: retries.age.toSeconds() },
    },
  });
  schedule.node.addDependency(policy);
  return schedule;
}
