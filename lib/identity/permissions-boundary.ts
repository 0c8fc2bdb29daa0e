// The permissions boundary: the outer limit of every role of the deployment, whatever its own policies say.
import { CfnRole, type IManagedPolicy, ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { AspectPriority, Aspects, CfnResource, type IAspect, Stack } from 'aws-cdk-lib/core';
import { Construct, type IConstruct } from 'constructs';
import { boundaryName } from '../config/names';
import type { Site } from '../config/site';
import { acknowledgeInPacks, acknowledgeStanding, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { boundaryStatements } from './boundary-statements';
import { boundedServices } from './bounded-services';

export interface BoundaryPolicyProps {
  readonly site: Site;
  /** The archive that no role may change. (TOM-3.6) */
  readonly auditArchive: IBucket;
}

/**
 * The managed policy itself. It grants nothing: a role may do what both its own policies and this one allow. Its name
 * is derived from the configuration, so that roles of every stack can bear it without an export; `applyBoundary` puts
 * it on them. (TOM-2.1, TOM-3.5)
 */
export class BoundaryPolicy extends Construct {
  readonly policy: IManagedPolicy;

  constructor(scope: Construct, id: string, { site, auditArchive }: BoundaryPolicyProps) {
    super(scope, id);
    const policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: boundaryName(site),
      description: `The outer limit of every role of ${site.deployment}; grants nothing by itself`,
      statements: boundaryStatements(Stack.of(this), site, auditArchive),
    });
    this.policy = policy;
    Aspects.of(Stack.of(this)).add(new RolesWaitFor(policy), { priority: AspectPriority.MUTATING });
    serves(this, 'TOM-2.1', 'TOM-3.5', 'TOM-3.6');
    acknowledgeWildcards(policy);
  }
}

/**
 * Puts the boundary on every role and user below `scope`, those that the library's own custom resources bring along
 * included. To be called once, for the whole deployment; the other stacks are deployed after the one that holds the
 * policy. (TOM-3.5)
 */
export function applyBoundary(scope: IConstruct, site: Site): void {
  Aspects.of(scope).add(new BoundaryOnPrincipals(boundaryName(site)), { priority: AspectPriority.MUTATING });
}

/**
 * The library's `PermissionsBoundary.of` wants a policy that stands in a stack; this one is named in every stack and
 * stands in one.
 */
class BoundaryOnPrincipals implements IAspect {
  constructor(private readonly policyName: string) {}

  visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node) || !['AWS::IAM::Role', 'AWS::IAM::User'].includes(node.cfnResourceType)) return;
    const arn = Stack.of(node).formatArn({ service: 'iam', region: '', resource: 'policy', resourceName: this.policyName });
    node.addPropertyOverride('PermissionsBoundary', arn);
  }
}

/** A role that names its boundary does not refer to it, so CloudFormation must be told to make the policy first. */
class RolesWaitFor implements IAspect {
  constructor(private readonly policy: ManagedPolicy) {}

  visit(node: IConstruct): void {
    if (CfnResource.isCfnResource(node) && node.cfnResourceType === CfnRole.CFN_RESOURCE_TYPE_NAME) {
      node.node.addDependency(this.policy);
    }
  }
}

/** Every action of each service is allowed, on every resource; the packs report each as a wildcard. */
function acknowledgeWildcards(policy: ManagedPolicy): void {
  const reason =
    'A boundary grants nothing: it limits the permissions that the policies of a role grant, and denies the forbidden actions.';
  acknowledgeWildcard(policy, { resource: '*', reason });
  for (const service of boundedServices) {
    acknowledgeStanding(policy, { id: `AwsSolutions::AwsSolutions-IAM5[Action::${service}:*]`, reason });
  }
  acknowledgeInPacks(policy, { rule: 'IAMPolicyNoStatementsWithFullAccess', reason });
}
