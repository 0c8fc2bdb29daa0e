// The stack that every other depends on: keys, audit archive and trail, buckets of edge logs and their redaction,
// boundary of every role, topic of alarms, admission of the deployment to the account, analyzer of access.
import type { CfnTrail } from 'aws-cdk-lib/aws-cloudtrail';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import { AccessAnalysis } from '../access/access-analysis';
import { AccountEnvironments } from '../access/account-environments';
import { AlarmTopic } from '../alarms/alarm-topic';
import { AuditArchive } from '../audit/audit-archive';
import { AuditTrail } from '../audit/audit-trail';
import type { Site } from '../config/site';
import { EdgeLogBucket } from '../edge/edge-log-bucket';
import { EdgeLogLanding } from '../edge/edge-log-landing';
import { LogRedaction } from '../edge/log-redaction';
import { AuditKey } from '../encryption/audit-key';
import { DeploymentKey } from '../encryption/deployment-key';
import { VaultKey } from '../encryption/vault-key';
import type { ControlFunction } from '../functions/control-function';
import { FleetServiceRole } from '../identity/fleet-service-role';
import { refuseWithoutFacts } from '../identity/outside-facts-rule';
import { BoundaryPolicy } from '../identity/permissions-boundary';
import { RoleBoundaries } from '../identity/role-boundary';

export interface AccountStackProps extends StackProps {
  readonly site: Site;
}

export class AccountStack extends Stack {
  /** Encrypts log groups, topics, queues and function environments. (TOM-5.5) */
  readonly key: IKey;
  /** Encrypts audit records: a permission for `key` does not open them. (TOM-3.6, TOM-5.5) */
  readonly auditKey: IKey;
  /** Encrypts the backups. (DSS-5.4.3) */
  readonly backupsKey: IKey;
  /** Holds audit records under object lock. (TOM-3.6) */
  readonly auditArchive: IBucket;
  /**
   * Receives the logs of the load balancer. The bucket is in this stack because the load balancer writes a test file
   * when logging is enabled: the rollback of a first deployment could not delete a bucket that is not empty. Its one
   * reader is in this stack, too: the policy of the bucket names the role. (TOM-3.6, TOM-4.13)
   */
  readonly edgeLogLanding: EdgeLogLanding;
  /** Redacts the landed logs, and sweeps the landing bucket. (TOM-4.13) */
  readonly logRedaction: ControlFunction;
  /**
   * Service-linked role with which EC2 Auto Scaling launches servers. It is in this stack because KMS refuses a key
   * policy that names a role created seconds before. (TOM-5.5)
   */
  readonly fleetServiceRole: FleetServiceRole;
  /** Receives the notifications of alarms; the watch stack subscribes the people on call. (TOM-3.4) */
  readonly alarmTopic: ITopic;
  /** Refuses another environment beside production. (TOM-7.3) */
  readonly environments: ControlFunction;
  /** Records every API call of the account. (TOM-3.4, TOM-3.6) */
  readonly trail: CfnTrail;

  constructor(scope: Construct, id: string, { site, ...props }: AccountStackProps) {
    super(scope, id, props);

    refuseWithoutFacts(this, site);
    this.key = new DeploymentKey(this, 'DeploymentKey', { site });
    this.auditKey = new AuditKey(this, 'AuditKey', { site });
    this.backupsKey = new VaultKey(this, 'BackupsKey', { site, use: 'backups' });
    const archive = new AuditArchive(this, 'AuditArchive', { site, key: this.auditKey });
    this.auditArchive = archive;
    this.trail = new AuditTrail(this, 'AuditTrail', { site, key: this.auditKey, archive }).trail;
    this.edgeLogLanding = new EdgeLogLanding(this, 'EdgeLogLanding', { site });
    const logs = new EdgeLogBucket(this, 'EdgeLogs', { site, key: this.key });
    this.fleetServiceRole = new FleetServiceRole(this, 'FleetServiceRole', { site });
    const alarmTopic = new AlarmTopic(this, 'Alarms', { key: this.key, site });
    this.alarmTopic = alarmTopic;
    const { key, edgeLogLanding: landing } = this;
    const before = archive.node.findChild('Policy');
    this.logRedaction = new LogRedaction(this, 'EdgeLogRedaction', { site, key, landing, logs, alarmTopic, before }).control;
    const topicPolicy = alarmTopic.node.findChild('Policy');
    this.environments = new AccountEnvironments(this, 'Environments', { site, key, alarmTopic, topicPolicy, before }).control;
    new AccessAnalysis(this, 'AccessAnalysis', { site, key, alarmTopic, topicPolicy });
    new BoundaryPolicy(this, 'Boundary', { site, auditArchive: archive });
    new RoleBoundaries(this, 'RoleBoundaries', { site, auditArchive: archive });
  }
}
