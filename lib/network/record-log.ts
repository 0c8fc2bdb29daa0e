// A log group for records of the network: encrypted, kept, and in production not deleted with the stack.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';

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
      removalPolicy: removalOfNamedLog(site),
    });
    serves(this, 'TOM-3.6', 'TOM-5.5');
    classify(this, 'confidential');
  }
}
