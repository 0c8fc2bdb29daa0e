// The permissions boundary of the role for backups: its own actions, and the denials of the boundary of other roles.
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, type Stack } from 'aws-cdk-lib/core';
import { backupBoundaryName } from '../config/names';
import { backupCalls } from '../config/service-calls';
import type { Site } from '../config/site';
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
import { denyLosingKeys, denyOpeningTheNetwork, denyWeakeningIdentities } from './control-denials';

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

/** Two statements that allow, and the denials. (TOM-3.5, DSS-5.4.2) */
export function backupBoundaryStatements(stack: Stack, site: Site, auditArchive: IBucket): PolicyStatement[] {
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
    denyOtherEnvironments(site),
    denyForeignBackups(stack),
    denyForeignKeys(stack),
    denyOpeningTheNetwork(),
    denyUnboundedPrincipals(stack, backupBoundaryName(site)),
    denyWeakeningIdentities(),
  ];
}
