// Findings of the rule packs in a stack, and its acknowledgements: a test compares them.
import type { Stack } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, HIPAASecurityChecks, NIST80053R5Checks, PCIDSS321Checks } from 'cdk-nag';
import { type Exception, exceptionMetadataKey } from '../../../lib/labels/exceptions';

/** `<construct> <pack>::<rule>` of each finding in the stack, and of each acknowledgement. */
export function findingsOf(stack: Stack): { readonly found: readonly string[]; readonly acknowledged: readonly string[] } {
  const packs = [new AwsSolutionsChecks(), new NIST80053R5Checks(), new HIPAASecurityChecks(), new PCIDSS321Checks()];
  const found = packs.flatMap((pack) =>
    pack
      .validateScope(stack)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${constructPath?.replace(/\/Resource$/, '')} ${pack.name}::${ruleName}`),
      ),
  );
  const acknowledged = stack.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata.filter(({ type }) => type === exceptionMetadataKey).map(({ data }) => `${node.path} ${(data as Exception).id}`),
    );
  return { found: found.filter((path) => path.startsWith(`${stack.node.path}/`)).sort(), acknowledged: acknowledged.sort() };
}
