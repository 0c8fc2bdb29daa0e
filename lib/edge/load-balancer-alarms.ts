// The alarm of the load balancer: it returns errors of its own, which do not come from a server.
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { HttpCodeElb, type IApplicationLoadBalancer } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { alarmAtLeast } from '../alarms/alarm';
import type { Site } from '../config/site';
import { serves } from '../labels/labels';

export interface LoadBalancerAlarmsProps {
  readonly site: Site;
  readonly loadBalancer: IApplicationLoadBalancer;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
}

/**
 * `HTTPCode_ELB_5XX_Count` counts the 503 of a target group without healthy targets, the 502 and 504 of servers that
 * do not respond, and the 500 of an unreachable firewall, but not the responses of servers ("CloudWatch metrics for
 * your Application Load Balancer").
 */
export class LoadBalancerAlarms extends Construct {
  constructor(scope: Construct, id: string, { site, loadBalancer, alarmTopic }: LoadBalancerAlarmsProps) {
    super(scope, id);
    serves(this, 'TOM-6.9');
    alarmAtLeast(this, 'LoadBalancerErrors', {
      ...{ site, alarmTopic },
      metric: loadBalancer.metrics.httpCodeElb(HttpCodeElb.ELB_5XX_COUNT, { statistic: Stats.SUM, period: Duration.minutes(1) }),
      atLeast: 1,
      periods: 3,
      description:
        'The load balancer returns its own errors, because no healthy server responds in time. The hits of these requests are lost.',
      severity: 'page',
    });
  }
}
