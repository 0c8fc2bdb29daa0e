import { edgeStack, resourcesOf } from '../stacks/edge-stack';

test('people are notified when the load balancer returns its own errors for three minutes', () => {
  const alarms = Object.values(resourcesOf({}, 'AWS::CloudWatch::Alarm')).map(({ Properties }) => Properties);
  const [balancer] = Object.keys(edgeStack().template.findResources('AWS::ElasticLoadBalancingV2::LoadBalancer'));
  const alarm = alarms.find(({ AlarmName }) => AlarmName === 'example-edge-LoadBalancerErrors');
  expect(alarm).toMatchObject({
    EvaluationPeriods: 3,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
  });
  const [sum, ...counts] = (alarm?.Metrics ?? []) as { Id: string; Expression?: string }[];
  expect(sum).toMatchObject({ Expression: 'FILL(e500, 0) + FILL(e502, 0) + FILL(e503, 0) + FILL(e504, 0)', ReturnData: true });
  // Not 5XX: it counts the 501 and 505 of malformed requests, too.
  expect(counts).toEqual(
    ['500', '502', '503', '504'].map((code) => ({
      Id: `e${code}`,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/ApplicationELB',
          MetricName: `HTTPCode_ELB_${code}_Count`,
          Dimensions: [{ Name: 'LoadBalancer', Value: { 'Fn::GetAtt': [balancer, 'LoadBalancerFullName'] } }],
        },
        Period: 60,
        Stat: 'Sum',
      },
      ReturnData: false,
    })),
  );
});
