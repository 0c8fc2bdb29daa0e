// Permissions boundaries of single roles: the actions of the role, and the denials of the boundary of other roles.
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls as restoreValidationCalls } from '../../lambda/backup/restore-validation/calls';
import { type Call, functionCalls } from '../../runtime/calls';
import { backupBoundaryName, restoreBoundaryName } from '../config/names';
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

/** A resource by its service, type and name, as in `rds`, `db`, `awsbackup-restore-test-*`, in any region. */
type Named = readonly [service: string, type: string, name: string];

interface RoleBoundary {
  /** Identifies the statement on the resources below. */
  readonly sid: string;
  /** As in `the backups`. */
  readonly of: string;
  readonly name: (site: Site) => string;
  /** All actions of the role, which its permissions limit to resources. */
  readonly calls: readonly Call[];
  /** Actions that no other role has, on what AWS Backup names. */
  readonly onNamed: readonly string[];
  readonly named: readonly Named[];
}

const boundaries: Readonly<Record<'backups' | 'restores', RoleBoundary>> = {
  // Its rules of EventBridge, and its snapshots of clusters, whose deletion is their expiry.
  backups: {
    ...{ sid: 'ManagedByAwsBackup', of: 'the backups', name: backupBoundaryName, calls: backupCalls },
    onNamed: [
      ...['DeleteRule', 'DisableRule', 'EnableRule', 'PutRule', 'PutTargets', 'RemoveTargets'].map((verb) => `events:${verb}`),
      'rds:DeleteDBClusterSnapshot',
    ],
    named: [
      ['events', 'rule', 'AwsBackupManagedRule*'],
      ['rds', 'cluster-snapshot', 'awsbackup:*'],
    ],
  },
  // The instance that it adds to a restored cluster, and deletes.
  restores: {
    ...{ sid: 'RestoredForATest', of: 'the validation of restores', name: restoreBoundaryName },
    calls: [...functionCalls, ...restoreValidationCalls],
    onNamed: ['rds:AddTagsToResource', 'rds:CreateDBInstance', 'rds:DeleteDBInstance'],
    named: [
      ['rds', 'cluster', 'awsbackup-restore-test-*'],
      ['rds', 'db', 'awsbackup-restore-test-*'],
    ],
  },
};

export interface RoleBoundariesProps {
  readonly site: Site;
  /** The archive, whose changes the boundaries deny. (TOM-3.6) */
  readonly auditArchive: IBucket;
}

/**
 * The boundary of every other role admits neither rules of EventBridge nor changes of buckets, which AWS Backup needs
 * to follow a bucket, and no deletion in RDS, which is the expiry of its snapshots and the end of the instances of
 * restore tests. Each of the two roles alone has its own. (TOM-3.5, DSS-5.4.2, DSS-5.5.1)
 */
export class RoleBoundaries extends Construct {
  constructor(scope: Construct, id: string, props: RoleBoundariesProps) {
    super(scope, id);
    serves(this, 'TOM-2.1', 'TOM-3.5', 'TOM-3.6');
    this.add('Backups', boundaries.backups, props);
    this.add('Restores', boundaries.restores, props);
  }

  private add(id: string, boundary: RoleBoundary, { site, auditArchive }: RoleBoundariesProps): void {
    const policy = new ManagedPolicy(this, id, {
      managedPolicyName: boundary.name(site),
      description: `Maximum permissions of ${boundary.of} of ${site.deployment}; grants none`,
      statements: statementsOf(boundary, Stack.of(this), site, auditArchive),
    });
    const reason = 'A boundary grants nothing: it limits the permissions that the policy of the role grants.';
    acknowledgeWildcard(policy, { resource: '*', reason });
    const account = accountInFindings(site);
    for (const [service, type, name] of boundary.named) {
      const resource = `arn:aws:${service}:*:${account}:${type}${separatorOf(service)}${name}`;
      acknowledgeWildcard(policy, { resource, reason });
    }
  }
}

const separatorOf = (service: string): '/' | ':' => (service === 'rds' ? ':' : '/');

/** Two statements that allow, and the denials. (TOM-3.5) */
function statementsOf(
  { sid, name, calls, onNamed, named }: RoleBoundary,
  stack: Stack,
  site: Site,
  auditArchive: IBucket,
): PolicyStatement[] {
  const elsewhere = [...new Set(calls.flatMap(({ actions }) => actions))].filter((action) => !onNamed.includes(action)).toSorted();
  const arns = named.map(([service, resource, resourceName]) =>
    stack.formatArn({
      ...{ service, region: '*', resource, resourceName },
      arnFormat: separatorOf(service) === ':' ? ArnFormat.COLON_RESOURCE_NAME : ArnFormat.SLASH_RESOURCE_NAME,
    }),
  );
  return [
    new PolicyStatement({ sid: 'OwnActions', effect: Effect.ALLOW, actions: elsewhere, resources: ['*'] }),
    new PolicyStatement({ sid, effect: Effect.ALLOW, actions: [...onNamed], resources: arns }),
    denyOtherRegions(site),
    denyOtherDatabases(stack),
    denyChangingTheArchive(auditArchive),
    denyChangingTheTrail(stack, site),
    denyLosingKeys(),
    denySharingKeys(),
    // The denial of other roles, without deletions in RDS.
    deny('Snapshots', ['backup:DeleteBackup*', 'backup:PutBackupVault*', 'rds:Modify*', 'rds:StartExportTask'], ['*']),
    denyOtherEnvironments(site),
    denyForeignBackups(stack),
    denyForeignKeys(stack),
    denyOpeningTheNetwork(),
    denyUnboundedPrincipals(stack, name(site)),
    denyWeakeningIdentities(),
  ];
}
