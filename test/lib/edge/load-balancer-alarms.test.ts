import { edgeStack, resourcesOf } from '../stacks/edge-stack';

test('people are notified when the load balancer returns its own errors for three minutes', () => {
  const alarms = Object.values(resourcesOf({}, 'AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  const [balancer] = Object.keys(edgeStack().template.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
  expect(alarms.find(({ AlarmName }) => AlarmName === 'example-edge-LoadBalancerErrors')).toMatchObject({
    Namespace: 'AWS/ApplicationELB',
    MetricName: 'HTTPCode_ELB_5XX_Count',
    Dimensions: [{ Name: 'LoadBalancer', Value: { 'Fn::GetAtt': [balancer, 'LoadBalancerFullName'] } }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 3,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  });
});
