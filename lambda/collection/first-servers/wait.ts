// Waits until the load balancer finds enough servers healthy, and no longer than it may.
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';

/** What the function needs of its surroundings. */
export interface Surroundings {
  /** The targets of the group, and what the load balancer finds of each. */
  targets(): Promise<readonly TargetHealthDescription[]>;
  /** Milliseconds that are left for waiting. */
  left(): number;
  pause(milliseconds: number): Promise<void>;
}

/** How often the load balancer is asked, in milliseconds: as often as it checks. */
const interval = 10_000;

/**
 * The number of healthy servers, once it is at least `needed`. Throws when the time is up, with what was found last. A request that AWS
 * refuses is made again until then: a role that is seconds old is not known everywhere. (TOM-6.1)
 */
export async function waitForServers(surroundings: Surroundings, needed: number): Promise<number> {
  let found = '';
  for (;;) {
    try {
      const targets = await surroundings.targets();
      const healthy = targets.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
      if (healthy >= needed) return healthy;
      found = `${healthy} of ${targets.length} registered${listed(targets)}`;
    } catch (error) {
      found = `no answer of the load balancer: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (surroundings.left() <= interval) throw new Error(tooLate(needed, found));
    await surroundings.pause(interval);
  }
}

function listed(targets: readonly TargetHealthDescription[]): string {
  const states = targets.map(({ Target, TargetHealth }) => `${Target?.Id} ${TargetHealth?.State} ${TargetHealth?.Reason ?? ''}`.trimEnd());
  return states.length === 0 ? '' : `: ${states.slice(0, 5).join(', ')}`;
}

const tooLate = (needed: number, found: string): string =>
  `expected ${needed} healthy servers behind the load balancer, got ${found}; ` +
  'read the log group of the collectors and the activities of their auto scaling group (runbook, "FirstServers")';
