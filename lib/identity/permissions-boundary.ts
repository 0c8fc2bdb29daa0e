// The permissions boundary: the maximum permissions of every role of the deployment, regardless of its policies.
import { CfnRole, type IManagedPolicy, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { AspectPriority, Aspects, CfnResource, type IAspect, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { boundaryName } from '../config/names';
import type { Site } from '../config/site';
import { boundaryOf } from '../labels/boundary';
import { acknowledgeInPacks, acknowledgeStanding, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { boundaryStatements } from './boundary-statements';
import { boundedActions } from './bounded-actions';

export interface BoundaryPolicyProps {
  readonly site: Site;
  /** The archive, whose changes the boundary denies. (TOM-3.6) */
  readonly auditArchive: IBucket;
}

/**
 * The managed policy. It grants nothing: a role has the permissions that both its own policies and this one allow. Its
 * name is derived from the configuration, so roles of every stack name it without an export; `applyBoundary` sets it.
 * (TOM-2.1, TOM-3.5)
 */
export class BoundaryPolicy extends Construct {
  readonly policy: IManagedPolicy;

  constructor(scope: Construct, id: string, { site, auditArchive }: BoundaryPolicyProps) {
    super(scope, id);
    const policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: boundaryName(site),
      description: `Maximum permissions of every role of ${site.deployment}; grants none`,
      statements: boundaryStatements(Stack.of(this), site, auditArchive),
    });
    this.policy = policy;
    Aspects.of(Stack.of(this)).add(new RolesDependOn(policy), { priority: AspectPriority.MUTATING });
    serves(this, 'TOM-2.1', 'TOM-3.5', 'TOM-3.6');
    acknowledgeWildcards(policy);
  }
}

/**
 * Sets the boundary on every role and user below `scope`, including those of custom resources of the library. Called
 * once, for the whole deployment; the other stacks are deployed after the account stack, which contains the policy.
 * (TOM-3.5)
 */
export function applyBoundary(scope: IConstruct, site: Site): void {
  Aspects.of(scope).add(new BoundaryOnPrincipals(boundaryName(site)), { priority: AspectPriority.MUTATING });
}

/**
 * `PermissionsBoundary.of` of the library requires a reference to a policy; roles of other stacks name this one
 * without a reference.
 */
class BoundaryOnPrincipals implements IAspect {
  constructor(private readonly policyName: string) {}

  visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node) || !['AWS::IAM::Role', 'AWS::IAM::User'].includes(node.cfnResourceType)) return;
    const resourceName = boundaryOf(node) ?? this.policyName;
    const arn = Stack.of(node).formatArn({ service: 'iam', region: '', resource: 'policy', resourceName });
    node.addPropertyOverride('PermissionsBoundary', arn);
  }
}

/** A role names its boundary without a reference, so the dependency on the policy is explicit. */
class RolesDependOn implements IAspect {
  constructor(private readonly policy: ManagedPolicy) {}

  visit(node: IConstruct): void {
    if (CfnResource.isCfnResource(node) && node.cfnResourceType === CfnRole.CFN_RESOURCE_TYPE_NAME) {
      node.node.addDependency(this.policy);
    }
  }
}

/** Actions are allowed on every resource, some by patterns; the packs report each as a wildcard. */
function acknowledgeWildcards(policy: ManagedPolicy): void {
  const reason =
    'A boundary grants nothing: it limits the permissions that the policies of a role grant, and denies the forbidden actions.';
  acknowledgeWildcard(policy, { resource: '*', reason });
  for (const action of boundedActions.filter((pattern) => pattern.includes('*'))) {
    acknowledgeStanding(policy, { id: `AwsSolutions::AwsSolutions-IAM5[Action::${action}]`, reason });
  }
  acknowledgeInPacks(policy, { rule: 'IAMPolicyNoStatementsWithFullAccess', reason });
}
