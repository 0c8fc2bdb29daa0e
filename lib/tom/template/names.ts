// Names of the resources of a deployment: the stack without the deployment, and the logical id without its hash.
import type { DeploymentFacts, Resource, StackTemplate } from './assembly';

/** Name of a stack within its deployment, as in `network`. */
export function stackNameOf({ name }: StackTemplate, { deployment }: DeploymentFacts): string {
  return name.startsWith(`${deployment}-`) ? name.slice(deployment.length + 1) : name;
}

/**
 * Name of a resource within its deployment, as in `data/MigrationsFunctionRole`. The CDK appends eight hexadecimal
 * digits to the path of a construct ("AWS CDK Developer Guide: Logical IDs"); they are not part of the name.
 */
export function nameOf({ stack, logicalId }: Resource, facts: DeploymentFacts): string {
  return `${stackNameOf(stack, facts)}/${/^[0-9A-F]{8}$/.test(logicalId.slice(-8)) ? logicalId.slice(0, -8) : logicalId}`;
}
