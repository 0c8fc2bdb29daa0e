// Requests to CloudWatch, and the evaluation of its answers.
import { degradedServers, metricRequests } from '../../../../lambda/collection/server-replacement/reports';

const environment = { GROUP: 'example-collectors', NAMESPACE: 'Rempart/example', METRIC: 'ArrayDegraded' };
const now = new Date('2027-01-01T12:00:00Z');

test('the requests cover the last five minutes of each server', () => {
  expect(metricRequests(environment, ['i-1'], now)).toEqual([
    {
      StartTime: new Date('2027-01-01T11:55:00Z'),
      EndTime: now,
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [
        {
          Id: 'server0',
          Label: 'i-1',
          MetricStat: {
            Metric: {
              Namespace: 'Rempart/example',
              MetricName: 'ArrayDegraded',
              Dimensions: [
                { Name: 'AutoScalingGroupName', Value: 'example-collectors' },
                { Name: 'InstanceId', Value: 'i-1' },
              ],
            },
            Period: 60,
            Stat: 'Maximum',
          },
        },
      ],
    },
  ]);
});

test('no servers give no request, and a request has at most 500 metrics', () => {
  expect(metricRequests(environment, [], now)).toEqual([]);
  const many = metricRequests(
    environment,
    Array.from({ length: 1001 }, (_, index) => `i-${index}`),
    now,
  );
  expect(many.map(({ MetricDataQueries }) => MetricDataQueries?.length)).toEqual([500, 500, 1]);
});

test('a server counts as degraded after two reports in a row', () => {
  const of = (Label: string, ...Values: number[]) => ({ Id: 'x', Label, Values });
  const results = [of('i-1', 1, 1, 0), of('i-2', 0, 1, 1), of('i-3', 1, 0), of('i-4', 1), of('i-5'), { Id: 'x', Values: [1, 1] }];
  expect([...degradedServers(results)]).toEqual(['i-1']);
});
