// The permissions boundary of the two roles of restore tests: their own actions, and the denials of other boundaries.
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { calls as validationCalls } from '../../lambda/backup/restore-validation/calls';
import { functionCalls } from '../../runtime/calls';
import { restoreBoundaryName } from '../config/names';
import { restoreTestCalls } from '../config/restore-calls';
import type { Site } from '../config/site';
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
import { denyLosingKeys, denyOpeningTheNetwork, denyWeakeningIdentities } from './control-denials';
import { boundBy } from './permissions-boundary';

/** Actions that change databases, on what restore tests make: the boundary of every other role denies the deletions. */
const changing = ['rds:AddTagsToResource', 'rds:CreateDBInstance', 'rds:DeleteDBCluster', 'rds:DeleteDBInstance'] as const;

/** The other actions of both roles, which their permissions limit. */
const others = (): readonly string[] => {
  const all = [...restoreTestCalls, ...validationCalls, ...functionCalls].flatMap(({ actions }) => actions);
  return [...new Set(all)].filter((action) => !(changing as readonly string[]).includes(action)).toSorted();
};

export interface RestoreBoundaryProps {
  readonly site: Site;
  /** The archive, whose changes the boundary denies. (TOM-3.6) */
  readonly auditArchive: IBucket;
}

/** The managed policy, by whose name the roles are bounded. (TOM-3.5) */
export class RestoreBoundary extends Construct {
  private readonly policy: ManagedPolicy;

  constructor(
    scope: Construct,
    id: string,
    private readonly props: RestoreBoundaryProps,
  ) {
    super(scope, id);
    const { site, auditArchive } = props;
    serves(this, 'TOM-3.5');
    this.policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: restoreBoundaryName(site),
      description: `Maximum permissions of the restore tests of ${site.deployment}; grants none`,
      statements: restoreBoundaryStatements(Stack.of(this), site, auditArchive),
    });
  }

  /** Bounds a role by this policy instead of that of every role. */
  limit(role: IConstruct): void {
    boundBy(role, restoreBoundaryName(this.props.site));
    role.node.addDependency(this.policy);
  }
}

/** Two statements that allow, and the denials. (TOM-3.5, DSS-5.5.1) */
function restoreBoundaryStatements(stack: Stack, site: Site, auditArchive: IBucket): PolicyStatement[] {
  const ofTests = (resource: string): string =>
    stack.formatArn({ service: 'rds', resource, resourceName: 'awsbackup-restore-test-*', arnFormat: ArnFormat.COLON_RESOURCE_NAME });
  return [
    new PolicyStatement({ sid: 'RestoreActions', effect: Effect.ALLOW, actions: [...others()], resources: ['*'] }),
    new PolicyStatement({
      sid: 'RestoredForTests',
      effect: Effect.ALLOW,
      actions: [...changing],
      resources: [ofTests('cluster'), ofTests('db')],
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
    denyUnboundedPrincipals(stack, restoreBoundaryName(site)),
    denyWeakeningIdentities(),
  ];
}
