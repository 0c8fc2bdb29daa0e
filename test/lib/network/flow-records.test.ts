// Flow records: all traffic of the VPC, in fine intervals, with the fields of an investigation.
import { production, resources } from './reading';

const logs = Object.entries(resources(production(), 'AWS::EC2::FlowLog'));
const ofVpc = logs.filter(([id]) => id.startsWith('FlowRecordsVpc')).map(([, log]) => log);
const ofSubnets = logs.filter(([id]) => !id.startsWith('FlowRecordsVpc')).map(([, log]) => log);
const addresses = ['srcaddr', 'dstaddr', 'pkt-srcaddr', 'pkt-dstaddr'];
const fieldsOf = (log: (typeof ofVpc)[number] | undefined) => String(log?.Properties.LogFormat).split(' ');

test('all traffic of the VPC and of each subnet goes to the audit archive, minute by minute', () => {
  for (const [, { Properties }] of logs) {
    expect(Properties).toMatchObject({
      TrafficType: 'ALL',
      MaxAggregationInterval: 60,
      LogDestinationType: 's3',
      LogDestination: { 'Fn::Join': ['', [{ 'Fn::ImportValue': expect.stringContaining('AuditArchive') }, '/flow-logs/']] },
      DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: true, PerHourPartition: true },
    });
  }
  const [vpc] = Object.keys(resources(production(), 'AWS::EC2::VPC'));
  expect(ofVpc.map(({ Properties }) => [Properties.ResourceType, Properties.ResourceId])).toEqual([['VPC', { Ref: vpc }]]);
});

test('the records of the VPC, which include the proxies, have no addresses', () => {
  const fields = fieldsOf(ofVpc[0]);
  for (const address of addresses) expect(fields).not.toContain(`\${${address}}`);
  expect(fields).toContain('${interface-id}');
});

test('every subnet but those of the proxies has records with both ends', () => {
  const recorded = ofSubnets.map(({ Properties }) => (Properties.ResourceId as unknown as { Ref: string }).Ref).sort();
  const subnets = Object.keys(resources(production(), 'AWS::EC2::Subnet')).filter((id) => !id.includes('public'));
  expect(recorded).toEqual(subnets.sort());
  for (const log of ofSubnets) for (const address of addresses) expect(fieldsOf(log)).toContain(`\${${address}}`);
});

test('a record has time, direction, action and the reason of a rejection', () => {
  for (const [, log] of logs) {
    const fields = fieldsOf(log);
    for (const field of ['start', 'end', 'instance-id', 'subnet-id', 'tcp-flags', 'action', 'reject-reason', 'flow-direction']) {
      expect(fields).toContain(`\${${field}}`);
    }
    for (const field of ['traffic-path', 'bytes', 'packets']) expect(fields).toContain(`\${${field}}`);
    expect(new Set(fields).size).toBe(fields.length);
  }
});
