// Starts a function of the house at set times.
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { ControlFunction } from './control-function';

export interface FunctionScheduleProps {
  /** What is started. */
  readonly control: ControlFunction;
  /** Ends the name of the schedule's group, which begins with the stack's: lower case and hyphens. Changing it replaces the group. */
  readonly name: string;
  /** What happens at these times, in a few words. */
  readonly description: string;
  /** As EventBridge Scheduler writes it, in UTC: `cron(15 4 * * ? *)`, `rate(1 minute)`. Changing it is an update. */
  readonly expression: string;
  /** Encrypts the schedule, and the dead letters of the function. (TOM-5.5) */
  readonly key: IKey;
  /**
   * How long a start that Lambda refuses is tried again, up to ten times; its event lies in the dead-letter queue then.
   * @default a day
   */
  readonly repeatFor?: Duration;
}

/**
 * Lambda repeats a run that fails twice by itself ("Asynchronous invocation"); what is repeated here is the start. Only this schedule's
 * group may assume the role, which may start this function and nothing else. (TOM-3.5)
 */
export class FunctionSchedule extends Construct {
  constructor(scope: Construct, id: string, props: FunctionScheduleProps) {
    super(scope, id);
    const { control, key, name, description, expression, repeatFor = Duration.days(1) } = props;
    const group = new CfnScheduleGroup(this, 'Group', { name: `${Stack.of(this).stackName}-${name}` });
    const role = this.role(props, group);
    const schedule = new CfnSchedule(this, 'Resource', {
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
        retryPolicy: { maximumRetryAttempts: 10, maximumEventAgeInSeconds: repeatFor.toSeconds() },
      },
    });
    schedule.node.addDependency(this.permissions(props, role));
  }

  private role({ control }: FunctionScheduleProps, group: CfnScheduleGroup): Role {
    return new Role(this, 'Role', {
      // "Confused deputy prevention in EventBridge Scheduler": the group, as the schedule is made after the role.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceArn': group.attrArn } } }),
      description: `Lets the schedule start ${control.control}`,
    });
  }

  private permissions({ control, key }: FunctionScheduleProps, role: Role): ManagedPolicy {
    return new ManagedPolicy(this, 'Permissions', {
      description: `What the schedule of ${control.control} may do`,
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [control.function.functionArn] }),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [control.deadLetters.queueArn] }),
        new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
      ],
    });
  }
}
