// What cfn-lint does not know yet: said on the resource, so that its other checks still look at it.
import { CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Leaves out one check of cfn-lint for the resources of a type at and below a construct, because the type, or
 * something of it, is newer than cfn-lint 1.51. The library's own validation, which `npm run check` runs too, knows
 * it.
 * @param check as in `E3006`
 */
export function newerThanCfnLint(construct: IConstruct, type: string, check: `E${number}`): void {
  const resources = construct.node.findAll().filter(CfnResource.isCfnResource);
  const found = resources.filter(({ cfnResourceType }) => cfnResourceType === type);
  if (found.length === 0)
    throw new Error(`newerThanCfnLint: expected a ${type} at or below ${construct.node.path}, found none; remove the call`);
  for (const resource of found) resource.addMetadata('cfn-lint', { config: { ignore_checks: [check] } });
}
