// Where the copies of the backups are: the region that receives them, and the one stack of the deployment there.
import { copyRegion } from '../../config/site';
import type { DeploymentFacts, StackTemplate } from './assembly';
import { stackNameOf } from './names';

/** Name of the stack that receives the copies. (DSS-5.4.2) */
const recoveryStack = 'recovery';

/** Region that receives the copies; `undefined` at a recovered site whose home region does not answer. */
export const copyRegionOf = ({ site, settings }: DeploymentFacts): string | undefined => copyRegion({ name: site, settings });

/** The region in which a stack belongs: that of the site, and for the copies the other one. (TOM-2.1) */
export function regionOf(stack: StackTemplate, facts: DeploymentFacts): string {
  const own = facts.site === 'home' ? facts.homeRegion : facts.recoveryRegion;
  return stackNameOf(stack, facts) === recoveryStack ? (copyRegionOf(facts) ?? own) : own;
}

/** Whether the site copies its backups to the other region. */
export const hasCopies = (facts: DeploymentFacts): boolean => copyRegionOf(facts) !== undefined;
