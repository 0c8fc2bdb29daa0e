// Administration of sites: creates a site with its secret, and changes the key of a site.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Duration } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { calls } from '../../lambda/database/site-admin/calls';
import type { SiteAdminEnvironment } from '../../lambda/database/site-admin/env';
import { siteSecretPrefix } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import type { DatabaseAccess } from './database-access';

export interface SiteAdminProps {
  readonly site: Site;
  readonly databaseAccess: DatabaseAccess;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  /** Encrypts the secrets of the sites. (TOM-5.5) */
  readonly dataKey: IKey;
  /** The schema, which the function depends on. */
  readonly schema: IDependable;
}

/** Invoked by operators, and later by the portal. (TOM-4.13, TOM-7.1, TOM-3.10) */
export class SiteAdmin extends Construct {
  constructor(scope: Construct, id: string, props: SiteAdminProps) {
    super(scope, id);
    serves(this, 'TOM-3.10', 'TOM-7.1');
    const { site, databaseAccess, key, dataKey, schema } = props;
    const prefix = siteSecretPrefix(site);
    const environment: SiteAdminEnvironment = {
      ...databaseAccess.environment('rempart_maintenance'),
      SITE_KEY_PREFIX: prefix,
      ENCRYPTION_KEY: dataKey.keyArn,
    };
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'site-admin',
      description: 'Creates sites with their keys, and changes the key of a site',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site, arns: databaseAccess.arns }),
      timeout: Duration.minutes(1),
      network: databaseAccess.network,
    });
    control.function.node.addDependency(schema);
    acknowledgeWildcard(control.permissions, {
      resource: `arn:aws:secretsmanager:${site.region}:${accountInFindings(site)}:secret:${prefix}/*`,
      reason: 'The secret of a site is created at run time, and Secrets Manager ends its ARN in six random characters.',
    });
  }
}
