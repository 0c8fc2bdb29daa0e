// Export and erasure of one person's data for one site, invoked by operators and later by the portal.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { calls as eraseCalls } from '../../lambda/database/person-erase/calls';
import type { PersonEraseEnvironment } from '../../lambda/database/person-erase/env';
import { calls as exportCalls } from '../../lambda/database/person-export/calls';
import type { PersonExportEnvironment } from '../../lambda/database/person-export/env';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import type { DatabaseAccess } from './database-access';

/** Folder of exports in the archive, as the handler names it. */
const exportFolder = 'exports';

export interface PersonFunctionsProps {
  readonly site: Site;
  readonly databaseAccess: DatabaseAccess;
  /** Receives exports, and holds the lake. */
  readonly archive: IBucket;
  /** ARN of the role whose sessions read the lake, one site at a time. (TOM-4.1) */
  readonly lakeReader: string;
  /** Encrypts environments, logs and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** The schema, which the functions depend on. */
  readonly schema: IDependable;
}

export class PersonFunctions extends Construct {
  readonly export: ControlFunction;
  readonly erase: ControlFunction;

  constructor(scope: Construct, id: string, props: PersonFunctionsProps) {
    super(scope, id);
    serves(this, 'TOM-4.1', 'TOM-4.8');
    this.export = this.exportFunction(props);
    this.erase = this.eraseFunction(props);
    for (const { function: lambda } of [this.export, this.erase]) lambda.node.addDependency(props.schema);
  }

  private exportFunction({ site, databaseAccess, archive, lakeReader, key }: PersonFunctionsProps): ControlFunction {
    const environment: PersonExportEnvironment = {
      ...databaseAccess.environment('rempart_application'),
      ARCHIVE_BUCKET: archive.bucketName,
      LAKE_ROLE: lakeReader,
    };
    const control = new ControlFunction(this, 'Export', {
      site,
      control: 'person-export',
      description: 'Exports the data of one person at one site to the archive bucket',
      environment: { ...environment },
      key,
      permissions: callStatements(this, exportCalls, {
        site,
        arns: { ...databaseAccess.arns, 'data/Archive.Arn': archive.bucketArn },
      }),
      timeout: Duration.minutes(15),
      memorySize: 1024,
      network: databaseAccess.network,
    });
    const bucket = Stack.of(this).resolve(archive.bucketArn)['Fn::GetAtt'][0];
    acknowledgeWildcard(control.permissions, {
      resource: `<${bucket}.Arn>/${exportFolder}/*`,
      reason: 'Each export is a new object in the folder; the function reads none.',
    });
    return control;
  }

  private eraseFunction({ site, databaseAccess, key }: PersonFunctionsProps): ControlFunction {
    const environment: PersonEraseEnvironment = databaseAccess.environment('rempart_application');
    return new ControlFunction(this, 'Erase', {
      site,
      control: 'person-erase',
      description: 'Hides the data of one person at one site and schedules its erasure',
      environment: { ...environment },
      key,
      permissions: callStatements(this, eraseCalls, { site, arns: databaseAccess.arns }),
      timeout: Duration.minutes(15),
      memorySize: 512,
      network: databaseAccess.network,
    });
  }
}
