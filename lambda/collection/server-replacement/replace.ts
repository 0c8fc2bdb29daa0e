// Decides which server of a fleet is replaced because its mirror lacks a disk: one at a time, never where the fleet is not whole.
import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';

/** What the function needs of AWS. */
export interface Fleet {
  /** The group, or nothing if there is none of that name. */
  describe(): Promise<AutoScalingGroup | undefined>;
  /** Those of the servers whose arrays lack a disk by their last reports. */
  degraded(instances: readonly string[]): Promise<ReadonlySet<string>>;
  /** Marks the server unhealthy: the group drains and replaces it. */
  markUnhealthy(instance: string): Promise<void>;
}

/** What was done, and why. */
export interface Outcome {
  readonly replaced?: string;
  readonly because: string;
}

/**
 * Replaces one server, if one has to be and may be. A degraded server still has every hit, on one disk; taking it out while another is
 * missing could leave too few to take the traffic, so the next one waits for the next call. Throws if there is no such group. (TOM-6.2)
 */
export async function replaceOne(fleet: Fleet): Promise<Outcome> {
  const group = await fleet.describe();
  if (!group) throw new Error('GROUP: expected an auto scaling group, found none; deploy the collection stack again');
  // What waits in the warm pool, stands by or is kept for people is not part of the fleet that answers.
  const servers = (group.Instances ?? []).filter(
    ({ LifecycleState: state = '' }) => !/^(Warmed|Standby|EnteringStandby|Detach|.*Retained)/.test(state),
  );
  const whole = servers.filter(isWhole).map(({ InstanceId }) => InstanceId ?? '');
  const degraded = [...(await fleet.degraded(whole))].filter((id) => whole.includes(id)).sort();
  const [first] = degraded;
  if (first === undefined) return { because: 'no server reports a degraded array' };

  const others = servers.filter((server) => !isWhole(server));
  if (others.length > 0) {
    return { because: `${degraded.join(', ')} degraded, but ${others.map(describe).join(', ')}: one server at a time` };
  }
  const needed = Math.max(group.MinSize ?? 0, group.DesiredCapacity ?? 0);
  if (whole.length < needed) {
    return { because: `${degraded.join(', ')} degraded, but only ${whole.length} of ${needed} servers are healthy` };
  }
  await fleet.markUnhealthy(first);
  const waiting = degraded.length > 1 ? `; ${degraded.slice(1).join(', ')} will follow` : '';
  return { replaced: first, because: `its array is degraded, and all ${whole.length} servers are in service${waiting}` };
}

const isWhole = ({ LifecycleState, HealthStatus, InstanceId }: Instance): boolean =>
  LifecycleState === 'InService' && HealthStatus === 'Healthy' && InstanceId !== undefined;

const describe = ({ InstanceId, LifecycleState, HealthStatus }: Instance): string =>
  `${InstanceId} is ${LifecycleState} and ${HealthStatus}`;
