// The fleet of collectors: servers in all zones, which receive traffic once they are ready and terminate once they are
// drained.
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
  /** Resources that a server needs to boot, without a reference to them. */
  readonly needs: readonly IDependable[];
}

/** Maximum lifetime of a server: it is then replaced by one with the newest deployed image, which is patched. */
const longestLife = Duration.days(14);

/**
 * Time from the start of a server to its first response: image, packages, array. Health checks do not count before.
 */
const bootTime = Duration.minutes(5);

/**
 * The server completes both ("Amazon EC2 Auto Scaling lifecycle hooks"): it receives no traffic until it is ready, and
 * keeps its disks until it is drained. The hooks are properties of the group: separate resources would be created
 * after the first servers. Without a response, the launch hook terminates the server before its first hit, and the
 * termination hook retains it.
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
 * On-Demand Instances only, of the first type with capacity in the zone ("Allocation strategies for multiple instance
 * types", prioritized): a zone without capacity for one type uses the next. All types start from one launch template,
 * with the same disks. This supports a warm pool and forecasts: the pool starts its stopped instances first ("Create a
 * warm pool for an Auto Scaling group", instance type selection), and forecasts require servers of one size.
 */
function mixedInstancesPolicy({ site, template }: CollectorFleetProps): CfnAutoScalingGroup.MixedInstancesPolicyProperty {
  return {
    instancesDistribution: { onDemandAllocationStrategy: 'prioritized', onDemandPercentageAboveBaseCapacity: 100 },
    launchTemplate: {
      launchTemplateSpecification: { launchTemplateId: template.launchTemplateId as string, version: template.latestVersionNumber },
      overrides: site.settings.collection.instanceTypes.map((instanceType) => ({ instanceType })),
    },
  };
}

/**
 * A deployment replaces servers by an instance refresh: CloudFormation starts it and waits for it. A new server must
 * complete the launch hook and be healthy before an old one terminates, so that capacity never falls. Servers send no
 * signal to CloudFormation, and need neither its endpoint nor permissions on their stack. A server that fails to boot
 * abandons its hook; the refresh fails and with it the update, which CloudFormation rolls back. ("UpdatePolicy
 * attribute", AutoScalingInstanceRefresh) `FirstServers` waits for the first servers.
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
      // Only a completed termination hook terminates a server. A server that cannot be drained is retained with its
      // disks.
      instanceLifecyclePolicy: { retentionTriggers: { terminateHookAbandon: TerminateHookAbandonAction.RETAIN } },
    });
    Tags.of(this.group).add(roleTag, 'collector');
    this.group.node.addDependency(...props.needs);
    // For its update policy.
    newerThanCfnLint(this.group, 'AWS::AutoScaling::AutoScalingGroup', 'E3016');
    this.setOtherProperties(props);
    this.addWarmPool(props.site);
    this.acknowledgeNoNotifications();
  }

  /**
   * Sets properties that the library's group does not have, or that it would bind to a load balancer of another stack.
   */
  private setOtherProperties(props: CollectorFleetProps): void {
    const { targetGroup, serviceRoleArn } = props;
    const group = this.group.node.defaultChild as CfnAutoScalingGroup;
    // The only reference to the launch template in the CloudFormation template. The construct keeps its own, because
    // rule packs read disks and metadata options there.
    group.mixedInstancesPolicy = mixedInstancesPolicy(props);
    group.addPropertyDeletionOverride('LaunchTemplate');
    group.targetGroupArns = [targetGroup.targetGroupArn];
    group.serviceLinkedRoleArn = serviceRoleArn;
    // For every kind of replacement, the new server is launched first.
    group.instanceMaintenancePolicy = { minHealthyPercentage: 100, maxHealthyPercentage: 110 };
    group.lifecycleHookSpecificationList = lifecycleHooks;
  }

  private addWarmPool({ settings: { collection } }: Site): void {
    if (collection.warmPool === 0) return;
    this.group.addWarmPool({
      minSize: collection.warmPool,
      // By default the pool fills up to the maximum of the group.
      maxGroupPreparedCapacity: collection.servers.minimum + collection.warmPool,
      poolState: PoolState.STOPPED,
      // A server that received hits is drained and terminated; one in the pool has never received any.
      reuseOnScaleIn: false,
    });
  }

  private acknowledgeNoNotifications(): void {
    acknowledgeStanding(this.group.node.findChild('ASG'), {
      id: 'AwsSolutions::AwsSolutions-AS3',
      reason:
        'The fleet launches and terminates servers all day, and alarms notify people; EventBridge and the audit trail have each event.',
    });
  }
}
