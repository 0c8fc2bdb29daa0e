// Starts a function by the clock, with a role that may do nothing else.
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { type Duration, Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ControlFunction } from './control-function';

export interface ScheduleProps {
  /** Short name, part of the name of the schedule's group; the stack has no other of that name. Changing it makes another schedule. */
  readonly name: string;
  /** What is started, as in `the upkeep of the database`. */
  readonly starts: string;
  /** What the schedule is, as in `Daily upkeep of the database`. */
  readonly description: string;
  readonly control: ControlFunction;
  /** Encrypts the schedule, and the dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** As EventBridge Scheduler takes it, in UTC: `cron(15 4 * * ? *)`, `rate(1 minute)`. */
  readonly expression: string;
  /** How often, and for how long, Scheduler tries to hand the start over to Lambda. What then fails lies in the function's dead letters. */
  readonly retries: { readonly attempts: number; readonly age: Duration };
}

/** Makes a schedule in a group of its own: the group is what the role trusts. */
export function scheduleFunction(
  scope: Construct,
  { name, starts, description, control, key, expression, retries }: ScheduleProps,
): CfnSchedule {
  const group = new CfnScheduleGroup(scope, 'Group', { name: `${Stack.of(scope).stackName}-${name}` });
  const role = new Role(scope, 'Role', {
    // "Confused deputy prevention in EventBridge Scheduler": the group, as the schedule is made after the role.
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceArn': group.attrArn } } }),
    description: `Lets the schedule start ${starts}`,
  });
  const policy = new ManagedPolicy(scope, 'Permissions', {
    description: `What the schedule of the ${name} may do`,
    roles: [role],
    statements: [
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [control.function.functionArn] }),
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [control.deadLetters.queueArn] }),
      new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
    ],
  });
  const schedule = new CfnSchedule(scope, 'Schedule', {
    groupName: group.ref,
    description,
    scheduleExpression: expression,
    scheduleExpressionTimezone: 'UTC',
    flexibleTimeWindow: { mode: 'OFF' },
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
