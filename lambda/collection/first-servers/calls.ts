// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import type { Call } from '../../../runtime/calls';

/** The action only reads, and does not support resource-level permissions. */
export const calls: readonly Call[] = [{ actions: ['elasticloadbalancing:DescribeTargetHealth'], resources: ['*'] }];
