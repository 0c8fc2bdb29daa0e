// Loads generated sites, people and hits into a database outside production, which holds no other data.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { CustomResource, Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { calls } from '../../lambda/database/generated-data/calls';
import type { GeneratedDataEnvironment } from '../../lambda/database/generated-data/env';
import { generatedDataType } from '../config/custom-resource-types';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { serves } from '../labels/labels';
import type { DatabaseAccess } from './database-access';

export interface GeneratedDataProps {
  readonly site: Site;
  readonly databaseAccess: DatabaseAccess;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** The schema, which the data depends on. */
  readonly schema: IDependable;
}

/**
 * The construct, the handler and the database refuse production; the database stores its environment. A change of the
 * amount or the seed runs it again; existing rows are kept. (TOM-7.4)
 */
export class GeneratedData extends Construct {
  constructor(scope: Construct, id: string, { site, databaseAccess, key, schema }: GeneratedDataProps) {
    super(scope, id);
    const { environment, data } = site.settings;
    if (environment === 'production') {
      throw new Error('GeneratedData: expected staging or development, got production; production contains no generated data (TOM-7.4)');
    }
    serves(this, 'TOM-7.4');
    const { seed, sites, hitsPerSite } = data.generated;
    // The handler signs in as both roles.
    const { DATABASE_USER: _, ...both } = databaseAccess.environment('rempart_maintenance');
    const variables: GeneratedDataEnvironment = {
      ...both,
      ENVIRONMENT: environment,
      SEED: String(seed),
      SITES: String(sites),
      HITS_PER_SITE: String(hitsPerSite),
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'generated-data',
      description: 'Loads generated sites, people and hits when the stack is deployed',
      environment: { ...variables },
      key,
      permissions: callStatements(this, calls, { site, arns: databaseAccess.arns }),
      timeout: Duration.minutes(15),
      memorySize: 1024,
      network: databaseAccess.network,
    });
    const loaded = new CustomResource(this, 'Data', {
      resourceType: generatedDataType,
      serviceToken: control.function.functionArn,
      serviceTimeout: Duration.minutes(16),
      properties: { Seed: seed, Sites: sites, HitsPerSite: hitsPerSite },
    });
    loaded.node.addDependency(control.permissions, schema, databaseAccess.ready);
  }
}
