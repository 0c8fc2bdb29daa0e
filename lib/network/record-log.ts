// A log group for records of the network: encrypted, with retention, and in production retained when the stack is
// deleted.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';

export interface RecordLogProps {
  readonly site: Site;
  /**
   * Subject of the records; the last part of the log group's name. Changing it creates a new log group and, in
   * production, retains the old one. (TOM-3.6)
   */
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
      removalPolicy: removalOfNamedLog(site),
    });
    serves(this, 'TOM-3.6', 'TOM-5.5');
    classify(this, 'confidential');
  }
}
