// Brings the schema up to date while the stack is deployed, before anything that uses it.
import { CfnSecurityGroupEgress, type ISecurityGroup, type IVpc, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import type { MigrationsEnvironment } from '../../lambda/database/migrations/env';
import { migrationsType } from '../config/custom-resource-types';
import type { Site } from '../config/site';
import { ControlFunction } from '../functions/control-function';
import { serves } from '../labels/labels';
import { functionGroup, readSecrets } from './database-access';
import { type DatabaseCluster, databaseName, databasePort } from './database-cluster';
import { bundledFolder, checksumOf, migrationFiles } from './migration-files';

/** Amazon's root certificates in the Node.js runtime ("Building Lambda functions with Node.js", certificates). */
export const certificates = '/var/runtime/ca-cert.pem';

/** The tier that reaches the database itself: a security group, and the rule that lets it out, which has to be there first. */
export interface DirectAccess {
  readonly securityGroup: ISecurityGroup;
  readonly wayOut: IDependable;
}

export interface MigrationsProps {
  readonly site: Site;
  readonly vpc: IVpc;
  readonly functionSubnets: SubnetSelection;
  readonly database: DatabaseCluster;
  /** The key of site contexts, whose version the database is told. (TOM-4.1) */
  readonly contextKey: ISecret;
  /** Encrypts the function's environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Decrypts the secrets. */
  readonly dataKey: IKey;
}

/**
 * Runs when the files, the database or the context key's secret is another one. It signs in as the master user, past the proxy, and
 * alone: one run at a time here, and a lock in the database against another deployment's. A run that fails changes nothing and fails
 * the deployment; the reason is in its event. (TOM-4.1)
 */
export class Migrations extends Construct {
  /** What uses the schema depends on this. */
  readonly schema: CustomResource;
  /** For what else must sign in as the master user. */
  readonly direct: DirectAccess;

  constructor(scope: Construct, id: string, props: MigrationsProps) {
    super(scope, id);
    serves(this, 'TOM-4.1', 'TOM-4.9', 'TOM-4.10', 'TOM-7.1');
    const { site, vpc, functionSubnets, database, key } = props;
    const files = migrationFiles();
    const securityGroup = functionGroup(this, vpc, 'Migrations, which reach the database itself');
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
      description: 'Brings the schema of the database up to date when the stack is deployed',
      environment: { ...this.environment(props, masterSecret) },
      key,
      permissions: readSecrets(this, props.dataKey, masterSecret, props.contextKey.secretArn),
      // All that Lambda gives. The server ends a migration 20 s before, the handler its work 10 s before, to answer in time.
      timeout: Duration.minutes(15),
      reservedConcurrency: 1,
      memorySize: 512,
      files,
      network: { vpc, subnets: functionSubnets, securityGroup },
    });
    this.schema = new CustomResource(this, 'Schema', {
      resourceType: migrationsType,
      serviceToken: control.function.functionArn,
      // The function's time, and a little for its start: CloudFormation must not give up on what may still be committed.
      serviceTimeout: Duration.minutes(16),
      properties: {
        Checksum: checksumOf(files),
        Database: database.cluster.attrDbClusterResourceId,
        ContextKey: props.contextKey.secretArn,
      },
    });
    this.schema.node.addDependency(control.permissions, database, wayOut, ...database.instances);
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
