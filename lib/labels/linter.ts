// Checks of cfn-lint that do not support a resource yet: ignored on the resource, so that its other checks run.
import { CfnResource } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/**
 * Ignores one check of cfn-lint for the resources of a type at and below a construct, because the type or one of its
 * properties is newer than cfn-lint 1.51. The validation of the CDK, which `npm run check` runs too, supports it.
 * @param check as in `E3006`
 */
export function newerThanCfnLint(construct: IConstruct, type: string, check: `E${number}`): void {
  const resources = construct.node.findAll().filter(CfnResource.isCfnResource);
  const found = resources.filter(({ cfnResourceType }) => cfnResourceType === type);
  if (found.length === 0)
    throw new Error(`newerThanCfnLint: expected a ${type} at or below ${construct.node.path}, found none; remove the call`);
  for (const resource of found) resource.addMetadata('cfn-lint', { config: { ignore_checks: [check] } });
}
