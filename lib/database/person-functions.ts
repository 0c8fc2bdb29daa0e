// Export and erasure of one person's data for one site, and the administration of sites: what operators call, and the portal will.
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import type { PersonEraseEnvironment } from '../../lambda/database/person-erase/env';
import type { PersonExportEnvironment } from '../../lambda/database/person-export/env';
import type { SiteAdminEnvironment } from '../../lambda/database/site-admin/env';
import { siteSecretPrefix } from '../config/names';
import type { Site } from '../config/site';
import { ControlFunction } from '../functions/control-function';
import { acknowledge } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { type DatabaseAccess, throughSecretsManager } from './database-access';

/** Folder of the archive that takes exports, as the handler names it. */
const exportFolder = 'exports';

export interface PersonFunctionsProps {
  readonly site: Site;
  readonly access: DatabaseAccess;
  readonly archive: IBucket;
  /** Encrypts environments, logs and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Encrypts exports and the sites' secrets. (TOM-5.5) */
  readonly dataKey: IKey;
  /** The schema, which is there before a function is. */
  readonly schema: IDependable;
}

export class PersonFunctions extends Construct {
  readonly export: ControlFunction;
  readonly erase: ControlFunction;
  readonly siteAdmin: ControlFunction;

  constructor(scope: Construct, id: string, props: PersonFunctionsProps) {
    super(scope, id);
    serves(this, 'DSS-4.2', 'TOM-4.8');
    this.export = this.exportFunction(props);
    this.erase = this.eraseFunction(props);
    this.siteAdmin = this.siteAdminFunction(props);
    for (const { function: lambda } of [this.export, this.erase, this.siteAdmin]) lambda.node.addDependency(props.schema);
  }

  private exportFunction({ site, access, archive, key, dataKey }: PersonFunctionsProps): ControlFunction {
    const environment: PersonExportEnvironment = {
      ...access.environment('rempart_application'),
      ARCHIVE_BUCKET: archive.bucketName,
    };
    const control = new ControlFunction(this, 'Export', {
      site,
      control: 'person-export',
      description: 'Exports what one site holds of one person to the archive bucket',
      environment: { ...environment },
      key,
      permissions: [
        ...access.permissions('rempart_application'),
        new PolicyStatement({ actions: ['s3:PutObject'], resources: [archive.arnForObjects(`${exportFolder}/*`)] }),
        new PolicyStatement({
          actions: ['kms:GenerateDataKey'],
          resources: [dataKey.keyArn],
          conditions: { StringEquals: { 'kms:ViaService': `s3.${Stack.of(this).region}.amazonaws.com` } },
        }),
      ],
      timeout: Duration.minutes(15),
      memorySize: 1024,
      network: access.network,
    });
    const bucket = Stack.of(this).resolve(archive.bucketArn)['Fn::GetAtt'][0];
    acknowledge(control.permissions, {
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::<${bucket}.Arn>/${exportFolder}/*]`,
      reason: 'Each export is an object of its own in the folder; the function writes new ones and reads none.',
      owner: 'platform',
      expires: '2027-05-31',
    });
    return control;
  }

  private eraseFunction({ site, access, key }: PersonFunctionsProps): ControlFunction {
    const environment: PersonEraseEnvironment = access.environment('rempart_application');
    return new ControlFunction(this, 'Erase', {
      site,
      control: 'person-erase',
      description: 'Hides what one site holds of one person and plans its removal for good',
      environment: { ...environment },
      key,
      permissions: access.permissions('rempart_application'),
      timeout: Duration.minutes(15),
      memorySize: 512,
      network: access.network,
    });
  }

  private siteAdminFunction({ site, access, key, dataKey }: PersonFunctionsProps): ControlFunction {
    const prefix = siteSecretPrefix(site);
    const environment: SiteAdminEnvironment = {
      ...access.environment('rempart_maintenance'),
      SITE_KEY_PREFIX: prefix,
      ENCRYPTION_KEY: dataKey.keyArn,
    };
    const secrets = Stack.of(this).formatArn({ service: 'secretsmanager', resource: `secret:${prefix}`, resourceName: '*' });
    const control = new ControlFunction(this, 'SiteAdmin', {
      site,
      control: 'site-admin',
      description: 'Creates sites with their keys, and changes the key of a site',
      environment: { ...environment },
      key,
      permissions: [
        ...access.permissions('rempart_maintenance'),
        new PolicyStatement({
          actions: ['secretsmanager:CreateSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
          resources: [secrets],
        }),
        new PolicyStatement({
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          resources: [dataKey.keyArn],
          conditions: throughSecretsManager(this),
        }),
      ],
      timeout: Duration.minutes(1),
      network: access.network,
    });
    serves(control, 'TOM-4.13', 'TOM-7.1', 'TOM-3.10');
    // As the pack writes it.
    const account = site.settings.account ?? '<AWS::AccountId>';
    acknowledge(control.permissions, {
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:aws:secretsmanager:${site.region}:${account}:secret:${prefix}/*]`,
      reason: "A site's secret is made at run time, and its name ends in characters of the service's own choice.",
      owner: 'platform',
      expires: '2027-05-31',
    });
    return control;
  }
}
