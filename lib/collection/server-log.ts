// The log group of the servers' journal and audit log.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { logGroupName } from '../config/names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { removalOfNamedLog } from '../labels/retention';

export interface ServerLogProps {
  readonly site: Site;
  /** Encrypts the records. (TOM-5.5) */
  readonly key: IKey;
}

/** Servers write the log of access to hosts, and cannot delete from it. (TOM-3.6) */
export class ServerLog extends Construct {
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, { site, key }: ServerLogProps) {
    super(scope, id);
    serves(this, 'TOM-3.6', 'TOM-5.5');
    classify(this, 'internal');
    this.logGroup = new LogGroup(this, 'Group', {
      logGroupName: logGroupName(site, 'servers/collector'),
      encryptionKey: key,
      retention: site.settings.audit.logRetentionDays,
      removalPolicy: removalOfNamedLog(site),
    });
  }

  /**
   * Configuration of the CloudWatch agent ("CloudWatch agent configuration file"). The template sets the retention.
   */
  agentSettings(region: string): string {
    const file = (path: string, stream: string) => ({
      file_path: path,
      log_group_name: this.logGroup.logGroupName,
      log_stream_name: `{instance_id}/${stream}`,
    });
    const collected = [file('/var/log/rempart/journal.log', 'journal'), file('/var/log/audit/audit.log', 'audit')];
    return JSON.stringify({ agent: { region }, logs: { logs_collected: { files: { collect_list: collected } } } }, undefined, 2);
  }
}
