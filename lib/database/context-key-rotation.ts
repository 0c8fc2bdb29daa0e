// Rotation of the context key: Secrets Manager invokes the function, which writes the new version to the database
// first.

import type { IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnRotationSchedule, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { calls } from '../../lambda/database/context-key-rotation/calls';
import type { ContextKeyRotationEnvironment } from '../../lambda/database/context-key-rotation/env';
import { databasePort } from '../config/flows/flow';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { serves } from '../labels/labels';
import { type DatabaseCluster, databaseName } from './database-cluster';
import { certificates, type DirectAccess } from './migrations';

export interface ContextKeyRotationProps {
  readonly site: Site;
  readonly vpc: IVpc;
  readonly functionSubnets: SubnetSelection;
  readonly database: DatabaseCluster;
  /** Security group that connects to the database without the proxy, shared with the migrations. (TOM-4.2) */
  readonly direct: DirectAccess;
  readonly contextKey: ISecret;
  /** Encrypts the function's environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly dataKey: IKey;
  /** The schema, in which the database keeps the versions of the key. */
  readonly schema: IDependable;
}

/**
 * Every 90 days. The first rotation is after the first interval: the migrations write the first version to the
 * database. (TOM-3.10)
 */
export class ContextKeyRotation extends Construct {
  constructor(scope: Construct, id: string, props: ContextKeyRotationProps) {
    super(scope, id);
    serves(this, 'TOM-3.10', 'TOM-4.1');
    const { site, vpc, functionSubnets, direct, contextKey, key } = props;
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'context-key-rotation',
      description: 'Rotates the key with which processes prove the site of a transaction to the database',
      environment: { ...this.environment(props) },
      key,
      permissions: this.permissions(props),
      timeout: Duration.minutes(1),
      network: { vpc, subnets: functionSubnets, securityGroup: direct.securityGroup },
    });
    control.function.node.addDependency(direct.wayOut, props.schema);
    const invoked = new CfnPermission(this, 'Invoked', {
      action: 'lambda:InvokeFunction',
      functionName: control.function.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceArn: contextKey.secretArn,
      sourceAccount: control.function.stack.account,
    });
    const schedule = new CfnRotationSchedule(this, 'Schedule', {
      secretId: contextKey.secretArn,
      rotationLambdaArn: control.function.functionArn,
      rotationRules: { automaticallyAfterDays: 90 },
      rotateImmediatelyOnUpdate: false,
    });
    schedule.node.addDependency(invoked);
  }

  private environment({ database }: ContextKeyRotationProps): ContextKeyRotationEnvironment {
    return {
      DATABASE_HOST: database.cluster.attrEndpointAddress,
      DATABASE_PORT: String(databasePort),
      DATABASE_NAME: databaseName,
      MASTER_SECRET: database.cluster.attrMasterUserSecretSecretArn,
      DATABASE_CA_FILE: certificates,
    };
  }

  private permissions({ site, database, contextKey, dataKey }: ContextKeyRotationProps): PolicyStatement[] {
    const arns = {
      'data/DatabaseCluster.MasterUserSecret.SecretArn': database.cluster.attrMasterUserSecretSecretArn,
      'data/ContextKey': contextKey.secretArn,
      'data/DataKey.Arn': dataKey.keyArn,
    };
    return callStatements(this, calls, { site, arns });
  }
}
