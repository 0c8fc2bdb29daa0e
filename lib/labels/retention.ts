// Whether what a construct keeps outlives its stack.
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Site } from '../config/site';

/**
 * What becomes of a log group with a fixed name when its stack goes. Production keeps it, though not when the first deployment is
 * rolled back: its name must be free for the next attempt. Elsewhere it goes with the stack, so that the stack can come back under the
 * same name. (TOM-3.6)
 */
export function removalOfNamedLog(site: Site): RemovalPolicy {
  return site.settings.environment === 'production' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
