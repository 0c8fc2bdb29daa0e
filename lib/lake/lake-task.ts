// A scheduled function of the lake, with the alarm on missed and failed runs.

import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import type { Call } from '../../runtime/calls';
import { alarmUnlessRun } from '../alarms/alarm';
import type { AlarmId, Control } from '../config/names';
import { isLakeHeld, type Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import type { FunctionDatabase } from '../functions/function-database';
import { type ScheduleProps, scheduleFunction } from '../functions/schedule';

export interface LakeProps {
  readonly site: Site;
  readonly databaseAccess: FunctionDatabase;
  /** Holds the lake. Changing it leaves the objects in the old bucket. */
  readonly archive: IBucket;
  /** Encrypts environments, logs and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Encrypts the archive. (TOM-5.5) */
  readonly dataKey: IKey;
  /** The schema, which the functions depend on. */
  readonly schema: IDependable;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
  /** Functions of other constructs that read objects of one site at a time. */
  readonly readers: readonly ControlFunction[];
}

export interface LakeTask {
  readonly control: Control;
  /** Purpose of the function, in one sentence. */
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly calls: readonly Call[];
  readonly memorySize: number;
  /** @default - those of the account */
  readonly reservedConcurrency?: number;
  readonly schedule: Pick<ScheduleProps, 'starts' | 'description' | 'expression' | 'retries'>;
  readonly silence: { readonly id: AlarmId; readonly period: Duration; readonly periods: number; readonly description: string };
}

export class LakeFunction extends Construct {
  readonly control: ControlFunction;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: Omit<LakeProps, 'readers'>,
    private readonly task: LakeTask,
  ) {
    super(scope, id);
    const { site, key, databaseAccess, schema } = props;
    const { control, description, environment, calls, memorySize, reservedConcurrency } = task;
    this.control = new ControlFunction(this, 'Function', {
      ...{ site, control, description, environment, key, memorySize },
      ...(reservedConcurrency === undefined ? {} : { reservedConcurrency }),
      permissions: callStatements(this, calls, { site, arns: databaseAccess.arns }),
      timeout: Duration.minutes(15),
      network: databaseAccess.network,
    });
    this.control.function.node.addDependency(schema, databaseAccess.ready);
  }

  /**
   * Starts the function by schedule once the roles that it assumes exist, and the permissions of all whom they trust;
   * notifies people of missing runs.
   */
  startAfter(...earlier: readonly IDependable[]): void {
    const { site, key, firstDatapoints, alarmTopic } = this.props;
    const { control } = this;
    const { id, ...silence } = this.task.silence;
    const isHeld = isLakeHeld(site);
    const schedule = scheduleFunction(this, { site, key, control, isHeld, name: this.task.control, ...this.task.schedule });
    const firstRun = firstDatapoints.ofSuccess(this, 'FirstRun', control);
    for (const start of [schedule, firstRun]) start.node.addDependency(...earlier);
    alarmUnlessRun(this, id, {
      ...{ site, alarmTopic },
      function: control.function,
      firstDatapoint: firstRun,
      severity: 'ticket',
      ...silence,
    });
  }
}
