// A log group for records of the network: encrypted, kept, and not deleted with the stack.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';

export interface RecordLogProps {
  readonly site: Site;
  /** What is recorded; the last part of the log group's name. Changing it starts a new log group and keeps the old one. (TOM-3.6) */
  readonly log: string;
  /** Encrypts the records. (TOM-5.5) */
  readonly key: IKey;
}

export class RecordLog extends LogGroup {
  constructor(scope: Construct, id: string, { site, log, key }: RecordLogProps) {
    super(scope, id, {
      logGroupName: logGroupName(site, log),
      encryptionKey: key,
      retention: site.settings.audit.logRetentionDays,
      // Kept when the stack goes, but not when its first deployment is rolled back: the name must be free for the next attempt.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    serves(this, 'TOM-3.6', 'TOM-5.5');
    classify(this, 'confidential');
  }
}
