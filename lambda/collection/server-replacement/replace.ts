// Replaces servers with a degraded array: one at a time, and only while all other servers are in service.
import type { AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';

/** The calls to AWS that the function makes. */
export interface Fleet {
  /** The group, or undefined if it does not exist. */
  describe(): Promise<AutoScalingGroup | undefined>;
  /** The servers whose last reports state a degraded array. */
  degraded(instances: readonly string[]): Promise<ReadonlySet<string>>;
  /** Marks the server unhealthy; the group then drains and replaces it. */
  markUnhealthy(instance: string): Promise<void>;
}

/** The replaced server, if any, and the reason. */
export interface Outcome {
  readonly replaced?: string;
  readonly because: string;
}

/**
 * Replaces at most one server. A degraded server still has every hit on one disk. Its removal while another server is
 * missing could leave too little capacity, so further servers wait for the next call. (TOM-6.2)
 *
 * @throws Error if the group does not exist
 */
export async function replaceOne(fleet: Fleet): Promise<Outcome> {
  const group = await fleet.describe();
  if (!group) throw new Error('GROUP: expected an auto scaling group, got none; deploy the collection stack again');
  // Instances in the warm pool, in standby or retained by a lifecycle hook do not serve traffic.
  const servers = (group.Instances ?? []).filter(
    ({ LifecycleState: state = '' }) => !/^(Warmed|Standby|EnteringStandby|Detach|.*Retained)/.test(state),
  );
  const inService = servers.filter(isInService).map(({ InstanceId }) => InstanceId ?? '');
  const degraded = [...(await fleet.degraded(inService))].filter((id) => inService.includes(id)).sort();
  const [first] = degraded;
  if (first === undefined) return { because: 'no server reports a degraded array' };

  const others = servers.filter((server) => !isInService(server));
  if (others.length > 0) {
    return { because: `${degraded.join(', ')} degraded, but ${others.map(describe).join(', ')}: one server at a time` };
  }
  const needed = Math.max(group.MinSize ?? 0, group.DesiredCapacity ?? 0);
  if (inService.length < needed) {
    return { because: `${degraded.join(', ')} degraded, but only ${inService.length} of ${needed} servers are healthy` };
  }
  await fleet.markUnhealthy(first);
  const waiting = degraded.length > 1 ? `; ${degraded.slice(1).join(', ')} will follow` : '';
  return { replaced: first, because: `its array is degraded, and all ${inService.length} servers are in service${waiting}` };
}

const isInService = ({ LifecycleState, HealthStatus, InstanceId }: Instance): boolean =>
  LifecycleState === 'InService' && HealthStatus === 'Healthy' && InstanceId !== undefined;

const describe = ({ InstanceId, LifecycleState, HealthStatus }: Instance): string =>
  `${InstanceId} is ${LifecycleState} and ${HealthStatus}`;
