// The daily upkeep of the database: months of hits made and taken out, erasures finished, old rejects removed.
import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import type { DatabaseUpkeepEnvironment } from '../../lambda/database-upkeep/env';
import type { Site } from '../config/site';
import { ControlFunction } from '../functions/control-function';
import { serves } from '../labels/labels';
import type { DatabaseAccess } from './database-access';

export interface UpkeepProps {
  readonly site: Site;
  readonly access: DatabaseAccess;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** The schema, which is there before the function is. */
  readonly schema: IDependable;
}

/**
 * Every day at 04:15 UTC. A run that fails is repeated for a day, then its event lies in the function's dead-letter queue; the next
 * day's run does what was left, and the months are made three ahead. (DSS-4.2, TOM-4.10)
 */
export class Upkeep extends Construct {
  constructor(scope: Construct, id: string, { site, access, key, schema }: UpkeepProps) {
    super(scope, id);
    serves(this, 'DSS-4.2', 'TOM-4.10');
    const environment: DatabaseUpkeepEnvironment = {
      ...access.environment('rempart_maintenance'),
      KEEP_MONTHS: String(site.settings.data.keepMonths),
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'database-upkeep',
      description: 'Makes and drops months of hits, finishes erasures and removes old rejects, once a day',
      environment: { ...environment },
      key,
      permissions: access.permissions('rempart_maintenance'),
      timeout: Duration.minutes(15),
      memorySize: 512,
      network: access.network,
    });
    control.function.node.addDependency(schema);
    this.schedule(control, key);
  }

  private schedule(control: ControlFunction, key: IKey): void {
    const group = new CfnScheduleGroup(this, 'Group', { name: `${Stack.of(this).stackName}-upkeep` });
    const role = new Role(this, 'Role', {
      // "Confused deputy prevention in EventBridge Scheduler": the group, as the schedule is made after the role.
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', { conditions: { StringEquals: { 'aws:SourceArn': group.attrArn } } }),
      description: 'Lets the schedule start the upkeep of the database',
    });
    const policy = new ManagedPolicy(this, 'Permissions', {
      description: 'What the schedule of the upkeep may do',
      roles: [role],
      statements: [
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [control.function.functionArn] }),
        new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [control.deadLetters.queueArn] }),
        new PolicyStatement({ actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key.keyArn] }),
      ],
    });
    const schedule = new CfnSchedule(this, 'Schedule', {
      groupName: group.ref,
      description: 'Daily upkeep of the database',
      scheduleExpression: 'cron(15 4 * * ? *)',
      scheduleExpressionTimezone: 'UTC',
      flexibleTimeWindow: { mode: 'OFF' },
      kmsKeyArn: key.keyArn,
      target: {
        arn: control.function.functionArn,
        roleArn: role.roleArn,
        deadLetterConfig: { arn: control.deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: 10, maximumEventAgeInSeconds: 86_400 },
      },
    });
    schedule.node.addDependency(policy);
  }
}
