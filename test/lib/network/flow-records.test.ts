// Flow records: all traffic of the VPC, in fine intervals, with the fields of an investigation.
import { production, resources } from './reading';

const [flowLog] = Object.values(resources(production(), 'AWS::EC2::FlowLog'));

test('all traffic of the VPC goes to the audit archive, minute by minute', () => {
  const [vpc] = Object.keys(resources(production(), 'AWS::EC2::VPC'));
  expect(flowLog?.Properties).toMatchObject({
    ResourceType: 'VPC',
    ResourceId: { Ref: vpc },
    TrafficType: 'ALL',
    MaxAggregationInterval: 60,
    LogDestinationType: 's3',
    LogDestination: { 'Fn::Join': ['', [{ 'Fn::ImportValue': expect.stringContaining('AuditArchive') }, '/flow-logs/']] },
    DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: true },
  });
});

test('a record has both ends, time, direction, action and the reason of a rejection', () => {
  const fields = String(flowLog?.Properties.LogFormat).split(' ');
  for (const field of ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr', 'start', 'end', 'instance-id', 'subnet-id', 'tcp-flags']) {
    expect(fields).toContain(`\${${field}}`);
  }
  for (const field of ['action', 'reject-reason', 'flow-direction', 'traffic-path', 'bytes', 'packets'])
    expect(fields).toContain(`\${${field}}`);
  expect(new Set(fields).size).toBe(fields.length);
});
