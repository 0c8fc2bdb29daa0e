// Migrates the schema while the stack is deployed, before the resources that use it.

import { CfnSecurityGroupEgress, type ISecurityGroup, type IVpc, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { calls } from '../../lambda/database/migrations/calls';
import type { MigrationsEnvironment } from '../../lambda/database/migrations/env';
import { migrationsType } from '../config/custom-resource-types';
import { databasePort } from '../config/flows/flow';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { serves } from '../labels/labels';
import { functionGroup } from './database-access';
import { type DatabaseCluster, databaseName } from './database-cluster';
import { bundledFolder, checksumOf, migrationFiles } from './migration-files';

/** Root certificates of Amazon in the Node.js runtime ("Building Lambda functions with Node.js", certificates). */
export const certificates = '/var/runtime/ca-cert.pem';

/**
 * Connection to the database without the proxy: a security group, and its egress rule, which a user of the group
 * depends on.
 */
export interface DirectAccess {
  readonly securityGroup: ISecurityGroup;
  readonly wayOut: IDependable;
}

export interface MigrationsProps {
  readonly site: Site;
  readonly vpc: IVpc;
  readonly functionSubnets: SubnetSelection;
  readonly database: DatabaseCluster;
  /** Secret with the key of site contexts, whose version is written to the database. (TOM-4.1) */
  readonly contextKey: ISecret;
  /** Encrypts the function's environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Decrypts the secrets. */
  readonly dataKey: IKey;
}

/**
 * Runs when the files, the database or the secret of the context key changes. It signs in as the master user, without
 * the proxy. Reserved concurrency allows one run at a time, and a lock in the database excludes runs of another
 * deployment. A run that fails changes nothing and fails the deployment; the stack event contains the reason.
 * (TOM-4.1)
 */
export class Migrations extends Construct {
  /** Dependency of each construct that uses the schema. */
  readonly schema: CustomResource;
  /** For other functions that sign in to the writer: as the master user, or for people. */
  readonly direct: DirectAccess;

  constructor(scope: Construct, id: string, props: MigrationsProps) {
    super(scope, id);
    serves(this, 'TOM-4.1', 'TOM-4.9', 'TOM-4.10', 'TOM-7.1');
    const { site, vpc, functionSubnets, database, key } = props;
    const files = migrationFiles();
    const securityGroup = functionGroup(this, vpc, 'Functions that connect to the database without its proxy');
    database.admit(securityGroup, 'FromMigrations', 'Migrations');
    const wayOut = new CfnSecurityGroupEgress(this, 'ToDatabase', {
      groupId: securityGroup.securityGroupId,
      destinationSecurityGroupId: database.securityGroup.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: databasePort,
      toPort: databasePort,
      description: 'Migrations to the database',
    });
    this.direct = { securityGroup, wayOut };
    const masterSecret = database.cluster.attrMasterUserSecretSecretArn;
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'migrations',
      description: 'Migrates the schema of the database when the stack is deployed',
      environment: { ...this.environment(props, masterSecret) },
      key,
      permissions: callStatements(this, calls, {
        site,
        arns: {
          'data/DatabaseCluster.MasterUserSecret.SecretArn': masterSecret,
          'data/ContextKey': props.contextKey.secretArn,
          'data/DataKey.Arn': props.dataKey.keyArn,
        },
      }),
      // The maximum of Lambda. The server cancels a migration 20 s before the timeout and the handler stops 10 s
      // before, to respond in time.
      timeout: Duration.minutes(15),
      reservedConcurrency: 1,
      memorySize: 512,
      files,
      network: { vpc, subnets: functionSubnets, securityGroup },
    });
    this.schema = new CustomResource(this, 'Schema', {
      resourceType: migrationsType,
      serviceToken: control.function.functionArn,
      // Longer than the timeout of the function: CloudFormation must not stop waiting while a migration may still be
      // committed.
      serviceTimeout: Duration.minutes(16),
      properties: {
        Checksum: checksumOf(files),
        Database: database.cluster.attrDbClusterResourceId,
        ContextKey: props.contextKey.secretArn,
      },
    });
    this.schema.node.addDependency(control.permissions, database.ready, wayOut);
  }

  private environment({ site, database, contextKey }: MigrationsProps, masterSecret: string): MigrationsEnvironment {
    return {
      DATABASE_HOST: database.cluster.attrEndpointAddress,
      DATABASE_PORT: String(databasePort),
      DATABASE_NAME: databaseName,
      DATABASE_CLUSTER: database.cluster.attrDbClusterResourceId,
      MASTER_SECRET: masterSecret,
      CONTEXT_KEY_SECRET: contextKey.secretArn,
      DATABASE_CA_FILE: certificates,
      ENVIRONMENT: site.settings.environment,
      MIGRATIONS_FOLDER: `/var/task/${bundledFolder}`,
    };
  }
}
