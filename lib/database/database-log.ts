// A log group that RDS writes to. Without it, RDS creates one that has no key and no retention.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';

export interface DatabaseLogProps {
  readonly site: Site;
  /** Name that RDS requires. Changing it creates another log group and retains the old one. (TOM-3.6) */
  readonly name: string;
  /** Encrypts the records; the key policy must allow the name. (TOM-5.5) */
  readonly key: IKey;
}

export class DatabaseLog extends LogGroup {
  constructor(scope: Construct, id: string, { site, name, key }: DatabaseLogProps) {
    super(scope, id, {
      logGroupName: name,
      encryptionKey: key,
      retention: site.settings.audit.logRetentionDays,
      removalPolicy: removalOfNamedLog(site),
    });
    serves(this, 'TOM-3.6', 'TOM-4.8', 'TOM-5.5');
    classify(this, 'confidential');
  }
}
