// The fleet of collectors: servers over all zones, which take traffic when they are ready and go when they are drained.
import {
  AdditionalHealthCheckType,
  AutoScalingGroup,
  type CfnAutoScalingGroup,
  DefaultResult,
  GroupMetrics,
  HealthChecks,
  InstanceRefreshStrategy,
  LifecycleTransition,
  PoolState,
  TerminateHookAbandonAction,
  TerminationPolicy,
  UpdatePolicy,
} from 'aws-cdk-lib/aws-autoscaling';
import type { IVpc, LaunchTemplate, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration, Tags } from 'aws-cdk-lib/core';
import { Construct, type IDependable } from 'constructs';
import { fleetName } from '../config/names';
import type { Site } from '../config/site';
import { acknowledgeStanding } from '../labels/exceptions';
import { roleTag, serves } from '../labels/labels';
import { newerThanCfnLint } from '../labels/linter';
import { hooks } from './contract';

export interface CollectorFleetProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Subnets of servers, one in each zone. (TOM-6.3, DSS-5.6.2) */
  readonly serverSubnets: SubnetSelection;
  readonly template: LaunchTemplate;
  readonly targetGroup: IApplicationTargetGroup;
  /** ARN of the service-linked role that may use the key of the disks. (TOM-5.5) */
  readonly serviceRoleArn: string;
  /** What a server needs to boot and does not refer to. */
  readonly needs: readonly IDependable[];
}

/** Longest that a server runs: it is then replaced by one of the newest deployed image, patched. */
const longestLife = Duration.days(14);

/** From the start of a server to its first answer: image, packages, array. A server is not judged before. */
const bootTime = Duration.minutes(5);

/**
 * The server answers both ("Amazon EC2 Auto Scaling lifecycle hooks"): until it is ready it takes no traffic, until it is drained it keeps
 * its disks. Part of the group, not resources beside it, which would come after the first servers. Neither is taken for granted: a
 * server that says nothing is ended before its first hit, and kept after it.
 */
const lifecycleHooks: CfnAutoScalingGroup.LifecycleHookSpecificationProperty[] = [
  { lifecycleHookName: hooks.launch, transition: LifecycleTransition.INSTANCE_LAUNCHING },
  { lifecycleHookName: hooks.termination, transition: LifecycleTransition.INSTANCE_TERMINATING },
].map(({ lifecycleHookName, transition }) => ({
  lifecycleHookName,
  lifecycleTransition: transition,
  defaultResult: DefaultResult.ABANDON,
  heartbeatTimeout: 600,
}));

/**
 * On-Demand alone, the first type that the zone has ("Allocation strategies for multiple instance types", prioritized): a zone that has run
 * out of one takes the next. Each starts from the one launch template, with the same disks. A warm pool and forecasts go with it: the pool
 * starts what it has first ("Create a warm pool for an Auto Scaling group", instance type selection), and forecasts ask for servers of one size.
 */
function typesOf({ site, template }: CollectorFleetProps): CfnAutoScalingGroup.MixedInstancesPolicyProperty {
  return {
    instancesDistribution: { onDemandAllocationStrategy: 'prioritized', onDemandPercentageAboveBaseCapacity: 100 },
    launchTemplate: {
      launchTemplateSpecification: { launchTemplateId: template.launchTemplateId as string, version: template.latestVersionNumber },
      overrides: site.settings.collection.instanceTypes.map((instanceType) => ({ instanceType })),
    },
  };
}

/**
 * A deployment replaces servers by an instance refresh: CloudFormation starts it and waits for it, a new server must have said through
 * the launch hook that it is ready, and be healthy, before an old one goes, so capacity never falls. That needs no signal of the server to
 * CloudFormation, hence neither its endpoint nor a right of servers over their stack; a server that fails to boot abandons its hook, and
 * the refresh fails and with it the update, which CloudFormation rolls back. ("UpdatePolicy attribute", AutoScalingInstanceRefresh) The
 * first servers are waited for by `FirstServers`.
 */
export class CollectorFleet extends Construct {
  readonly group: AutoScalingGroup;

  constructor(scope: Construct, id: string, props: CollectorFleetProps) {
    super(scope, id);
    serves(this, 'TOM-5.1', 'TOM-6.1', 'TOM-6.3', 'TOM-6.8', 'TOM-6.9');
    const { minimum, maximum } = props.site.settings.collection.servers;
    this.group = new AutoScalingGroup(this, 'Group', {
      autoScalingGroupName: fleetName(props.site),
      vpc: props.vpc,
      vpcSubnets: props.serverSubnets,
      launchTemplate: props.template,
      minCapacity: minimum,
      maxCapacity: maximum,
      healthChecks: HealthChecks.withAdditionalChecks({ additionalTypes: [AdditionalHealthCheckType.ELB], gracePeriod: bootTime }),
      maxInstanceLifetime: longestLife,
      defaultInstanceWarmup: Duration.minutes(1),
      terminationPolicies: [TerminationPolicy.OLDEST_LAUNCH_TEMPLATE, TerminationPolicy.OLDEST_INSTANCE],
      groupMetrics: [GroupMetrics.all()],
      updatePolicy: UpdatePolicy.instanceRefresh({
        strategy: InstanceRefreshStrategy.ROLLING,
        minHealthyPercentage: 100,
        maxHealthyPercentage: 110,
      }),
      // Only a hook that says "drained" ends a server. What cannot be drained is kept with its disks.
      instanceLifecyclePolicy: { retentionTriggers: { terminateHookAbandon: TerminateHookAbandonAction.RETAIN } },
    });
    Tags.of(this.group).add(roleTag, 'collector');
    this.group.node.addDependency(...props.needs);
    // Its update policy.
    newerThanCfnLint(this.group, 'AWS::AutoScaling::AutoScalingGroup', 'E3016');
    this.complete(props);
    this.addWarmPool(props.site);
    this.acknowledgeNoNotifications();
  }

  /** What the library's group has no property for, or would bind to a load balancer of another stack. */
  private complete(props: CollectorFleetProps): void {
    const { targetGroup, serviceRoleArn } = props;
    const group = this.group.node.defaultChild as CfnAutoScalingGroup;
    // The template has the launch template here alone; the construct keeps it, since rule packs look at its disks and its metadata there.
    group.mixedInstancesPolicy = typesOf(props);
    group.addPropertyDeletionOverride('LaunchTemplate');
    group.targetGroupArns = [targetGroup.targetGroupArn];
    group.serviceLinkedRoleArn = serviceRoleArn;
    // Whatever replaces a server, a new one is there first.
    group.instanceMaintenancePolicy = { minHealthyPercentage: 100, maxHealthyPercentage: 110 };
    group.lifecycleHookSpecificationList = lifecycleHooks;
  }

  private addWarmPool({ settings: { collection } }: Site): void {
    if (collection.warmPool === 0) return;
    this.group.addWarmPool({
      minSize: collection.warmPool,
      // Without it the pool has as many as the maximum leaves room for.
      maxGroupPreparedCapacity: collection.servers.minimum + collection.warmPool,
      poolState: PoolState.STOPPED,
      // A server that took hits is drained and goes; one that waits has never taken any.
      reuseOnScaleIn: false,
    });
  }

  private acknowledgeNoNotifications(): void {
    acknowledgeStanding(this.group.node.findChild('ASG'), {
      id: 'AwsSolutions::AwsSolutions-AS3',
      reason: 'Servers come and go all day, and people are told by alarms; each event is on EventBridge and in the audit trail.',
    });
  }
}
