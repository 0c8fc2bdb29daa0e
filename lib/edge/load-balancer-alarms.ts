// The alarm of the load balancer: it returns errors of its own, which do not come from a server.
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
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
 * The metrics count the 503 of a target group without healthy targets, the 502 and 504 of servers that do not respond,
 * and the 500 of an unreachable firewall, but not the responses of servers ("CloudWatch metrics for your Application
 * Load Balancer"). `HTTPCode_ELB_5XX_Count` also counts the 501 and 505 of requests with an unsupported
 * `Transfer-Encoding` or version, which any client can provoke ("Troubleshoot your Application Load Balancers").
 */
export class LoadBalancerAlarms extends Construct {
  constructor(scope: Construct, id: string, { site, loadBalancer, alarmTopic }: LoadBalancerAlarmsProps) {
    super(scope, id);
    serves(this, 'TOM-6.9');
    alarmAtLeast(this, 'LoadBalancerErrors', {
      ...{ site, alarmTopic },
      metric: lostRequests(loadBalancer),
      atLeast: 1,
      periods: 3,
      description: 'The load balancer, not a collector, returns 500, 502, 503 or 504. The hits of these requests are lost.',
      severity: 'page',
    });
  }
}

/** Requests per minute that no server has answered. A metric without errors has no datapoints. */
function lostRequests({ metrics }: IApplicationLoadBalancer): MathExpression {
  const period = Duration.minutes(1);
  const answered = (code: HttpCodeElb) => metrics.httpCodeElb(code, { statistic: Stats.SUM, period });
  const { ELB_500_COUNT, ELB_502_COUNT, ELB_503_COUNT, ELB_504_COUNT } = HttpCodeElb;
  return new MathExpression({
    expression: 'FILL(e500, 0) + FILL(e502, 0) + FILL(e503, 0) + FILL(e504, 0)',
    usingMetrics: {
      e500: answered(ELB_500_COUNT),
      e502: answered(ELB_502_COUNT),
      e503: answered(ELB_503_COUNT),
      e504: answered(ELB_504_COUNT),
    },
    label: 'Responses 500, 502, 503 and 504 of the load balancer',
    period,
  });
}
