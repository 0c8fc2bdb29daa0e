// The path of a hit from the load balancer to the collectors: listener rule, target group, and the one open port.
import { CfnSecurityGroupIngress, type ISecurityGroup, type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListenerRule,
  ApplicationProtocol,
  ApplicationTargetGroup,
  type IApplicationListener,
  ListenerAction,
  ListenerCondition,
  Protocol,
  TargetGroupLoadBalancingAlgorithmType,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { collectorPort } from '../config/flows/flow';
import { serves } from '../labels/labels';
import { newerThanCfnLint } from '../labels/linter';
import { collectorPaths } from './contract';

export interface CollectorTrafficProps {
  readonly vpc: IVpc;
  /** Listener on 443, whose default action is a fixed response. */
  readonly listener: IApplicationListener;
  /** Group of the load balancer: the only one that reaches collectors. (DSS-5.6.3) */
  readonly proxySecurityGroup: ISecurityGroup;
}

/** Priority of the rule on the listener; other stacks use other hundreds. */
const priority = 100;

/**
 * Servers receive hits from proxies on one port, and open connections only to AWS services. (TOM-5.1, TOM-6.6,
 * TOM-6.8)
 */
export class CollectorTraffic extends Construct {
  readonly targetGroup: ApplicationTargetGroup;
  /** Binds the target group to the load balancer, which counts its requests from then on. */
  readonly rule: ApplicationListenerRule;
  /** Group of the servers. (TOM-6.8) */
  readonly securityGroup: SecurityGroup;
  /** Admission of the proxies: until it exists, no server is healthy. */
  readonly fromProxies: CfnSecurityGroupIngress;

  constructor(scope: Construct, id: string, props: CollectorTrafficProps) {
    super(scope, id);
    serves(this, 'TOM-5.1', 'TOM-6.6', 'TOM-6.8', 'DSS-5.6.3');
    this.securityGroup = this.createSecurityGroup(props);
    this.fromProxies = this.admitProxies(props);
    this.targetGroup = this.createTargetGroup(props.vpc);
    this.rule = new ApplicationListenerRule(this, 'Rule', {
      listener: props.listener,
      priority,
      conditions: [ListenerCondition.pathPatterns([...collectorPaths])],
      action: ListenerAction.forward([this.targetGroup]),
    });
    // For its tags.
    newerThanCfnLint(this.rule, 'AWS::ElasticLoadBalancingV2::ListenerRule', 'E3002');
  }

  private createSecurityGroup({ vpc }: CollectorTrafficProps): SecurityGroup {
    const group = new SecurityGroup(this, 'SecurityGroup', {
      vpc,
      description: 'Collectors: admits proxies on their port, opens connections to AWS services',
      allowAllOutbound: false,
    });
    group.connections.allowToAnyIpv4(Port.tcp(443), 'AWS services: endpoints in the VPC, S3, and the rest through the firewall');
    return group;
  }

  private admitProxies({ proxySecurityGroup }: CollectorTrafficProps): CfnSecurityGroupIngress {
    // Not `addIngressRule`: the library writes the name of the other stack, with the deployment, into the logical id.
    return new CfnSecurityGroupIngress(this, 'FromProxies', {
      groupId: this.securityGroup.securityGroupId,
      sourceSecurityGroupId: proxySecurityGroup.securityGroupId,
      ipProtocol: 'tcp',
      fromPort: collectorPort,
      toPort: collectorPort,
      description: 'Hits, and health checks, from proxies',
    });
  }

  /**
   * Least outstanding requests: a server with a slow disk receives fewer. The algorithm excludes slow start, which a
   * collector does not need: it is ready once it has completed its launch hook. A deregistered server has 30 seconds
   * to complete its requests, more than a hit takes.
   */
  private createTargetGroup(vpc: IVpc): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, 'Targets', {
      vpc,
      targetType: TargetType.INSTANCE,
      protocol: ApplicationProtocol.HTTP,
      port: collectorPort,
      loadBalancingAlgorithmType: TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
      deregistrationDelay: Duration.seconds(30),
      healthCheck: {
        protocol: Protocol.HTTP,
        path: '/health',
        healthyHttpCodes: '200',
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
    });
  }
}
