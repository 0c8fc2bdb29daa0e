// Waits until enough servers are healthy at the load balancer, within a time limit.
import type { TargetHealthDescription } from '@aws-sdk/client-elastic-load-balancing-v2';

/** Calls to AWS and the clock. */
export interface WaitParts {
  /** The targets of the group, with their health. */
  targets(): Promise<readonly TargetHealthDescription[]>;
  /** Remaining time of the wait, in milliseconds. */
  remaining(): number;
  pause(milliseconds: number): Promise<void>;
}

/** Interval between requests, in milliseconds: that of the health checks. */
const interval = 10_000;

/**
 * The number of healthy servers, as soon as it is at least `needed`. Throws at the end of the time, with the last
 * result. A rejected request is repeated until then: a new role takes seconds to take effect everywhere. (TOM-6.1)
 */
export async function waitForServers(parts: WaitParts, needed: number): Promise<number> {
  let found = '';
  for (;;) {
    try {
      const targets = await parts.targets();
      const healthy = targets.filter(({ TargetHealth }) => TargetHealth?.State === 'healthy').length;
      if (healthy >= needed) return healthy;
      found = `${healthy} of ${targets.length} registered${listed(targets)}`;
    } catch (error) {
      found = `no response from Elastic Load Balancing: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (parts.remaining() <= interval) throw new Error(timeoutMessage(needed, found));
    await parts.pause(interval);
  }
}

function listed(targets: readonly TargetHealthDescription[]): string {
  const states = targets.map(({ Target, TargetHealth }) => `${Target?.Id} ${TargetHealth?.State} ${TargetHealth?.Reason ?? ''}`.trimEnd());
  return states.length === 0 ? '' : `: ${states.slice(0, 5).join(', ')}`;
}

const timeoutMessage = (needed: number, found: string): string =>
  `expected ${needed} healthy servers behind the load balancer, got ${found}; ` +
  'read the log group of the collectors and the activities of their Auto Scaling group (runbook, "FirstServers")';
