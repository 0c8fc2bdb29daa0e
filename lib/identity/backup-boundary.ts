// The permissions boundary of the role for backups: its own actions, and the denials of the boundary of other roles.
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { backupBoundaryName } from '../config/names';
import { backupCalls } from '../config/service-calls';
import type { Site } from '../config/site';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import {
  denyChangingTheArchive,
  denyChangingTheTrail,
  denyForeignBackups,
  denyForeignKeys,
  denyOtherDatabases,
  denyOtherEnvironments,
  denyOtherRegions,
  denySharingKeys,
  denyUnboundedPrincipals,
} from './boundary-statements';
import { deny, denyLosingKeys, denyOpeningTheNetwork, denyWeakeningIdentities } from './control-denials';

/**
 * Actions that no other role has, on what AWS Backup names itself: its rules of EventBridge, and its snapshots of
 * clusters, whose deletion is their expiry.
 */
const onItsOwn: Readonly<Record<string, readonly string[]>> = {
  rules: ['DeleteRule', 'DisableRule', 'EnableRule', 'PutRule', 'PutTargets', 'RemoveTargets'].map((verb) => `events:${verb}`),
  snapshots: ['rds:DeleteDBClusterSnapshot'],
};

/** The other actions of the role, which its permissions limit to the stores of the deployment. */
const elsewhere = (): readonly string[] => {
  const own = Object.values(onItsOwn).flat();
  return [...new Set(backupCalls.flatMap(({ actions }) => actions))].filter((action) => !own.includes(action)).toSorted();
};

export interface BackupBoundaryProps {
  readonly site: Site;
  /** The archive, whose changes the boundary denies. (TOM-3.6) */
  readonly auditArchive: IBucket;
}

/**
 * The boundary of every other role admits neither rules of EventBridge nor changes of buckets; AWS Backup needs both to
 * follow a bucket, and the expiry of its own snapshots. The role alone has this one. (TOM-3.5, DSS-5.4.2)
 */
export class BackupBoundary extends Construct {
  constructor(scope: Construct, id: string, { site, auditArchive }: BackupBoundaryProps) {
    super(scope, id);
    serves(this, 'TOM-2.1', 'TOM-3.5', 'TOM-3.6');
    const policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: backupBoundaryName(site),
      description: `Maximum permissions of the backups of ${site.deployment}; grants none`,
      statements: backupBoundaryStatements(Stack.of(this), site, auditArchive),
    });
    const reason = 'A boundary grants nothing: it limits the permissions that the policy of the role grants.';
    acknowledgeWildcard(policy, { resource: '*', reason });
    const account = accountInFindings(site);
    for (const named of ['events:*:<account>:rule/AwsBackupManagedRule*', 'rds:*:<account>:cluster-snapshot:awsbackup:*']) {
      acknowledgeWildcard(policy, { resource: `arn:aws:${named.replace('<account>', account)}`, reason });
    }
  }
}

/** Two statements that allow, and the denials. (TOM-3.5, DSS-5.4.2) */
function backupBoundaryStatements(stack: Stack, site: Site, auditArchive: IBucket): PolicyStatement[] {
  const named = (service: string, resource: string, resourceName: string, arnFormat?: ArnFormat): string =>
    stack.formatArn({ service, region: '*', resource, resourceName, ...(arnFormat ? { arnFormat } : {}) });
  return [
    new PolicyStatement({ sid: 'BackupActions', effect: Effect.ALLOW, actions: [...elsewhere()], resources: ['*'] }),
    new PolicyStatement({
      sid: 'ManagedByAwsBackup',
      effect: Effect.ALLOW,
      actions: Object.values(onItsOwn).flat(),
      resources: [
        named('events', 'rule', 'AwsBackupManagedRule*'),
        named('rds', 'cluster-snapshot', 'awsbackup:*', ArnFormat.COLON_RESOURCE_NAME),
      ],
    }),
    denyOtherRegions(site),
    denyOtherDatabases(stack),
    denyChangingTheArchive(auditArchive),
    denyChangingTheTrail(stack, site),
    denyLosingKeys(),
    denySharingKeys(),
    // The denial of other roles, without the expiry of snapshots.
    deny('Snapshots', ['backup:DeleteBackup*', 'backup:PutBackupVault*', 'rds:Modify*', 'rds:StartExportTask'], ['*']),
    denyOtherEnvironments(site),
    denyForeignBackups(stack),
    denyForeignKeys(stack),
    denyOpeningTheNetwork(),
    denyUnboundedPrincipals(stack, backupBoundaryName(site)),
    denyWeakeningIdentities(),
  ];
}
