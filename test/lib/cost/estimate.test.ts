// The model against ../shared/data/prices.md, "Month by month": its figures of the templates of 2026-11-25, line by
// line, and lines that came since against figures computed by hand. Those templates kept every hit in the database, so
// that the figures are those of the what-if before the lake.
import { estimate } from '../../../lib/cost/estimate';
import { asPricedBefore, load, production, stackOf, sum } from './load';

const at = (hitsPerSecond: number, month = 1) => estimate(production(), load(hitsPerSecond, month), asPricedBefore);
const loads = [0, 100, 2000, 20_000] as const;

type Row = readonly [item: string, type: string, pattern: RegExp, expected: readonly number[], month?: number];

const table: readonly Row[] = [
  ['Network Firewall, 3 endpoints, 20 GB', 'NetworkFirewall::Firewall', /./, [866, 866, 866, 866]],
  ['interface endpoints, 9 in 3 zones, and data', 'EC2::VPCEndpoint', /./, [217, 219, 269, 742]],
  ['DNS Firewall Advanced', 'Route53Resolver::FirewallRuleGroup', /advanced/, [117, 117, 117, 117]],
  ['load balancer', 'ElasticLoadBalancingV2::LoadBalancer', /balancers|capacity/, [19, 28, 183, 1660]],
  ['WAF, requests', 'WAFv2::WebACL', /requests/, [0, 158, 3154, 31_536]],
  ['servers and disks', 'AutoScaling::AutoScalingGroup', /servers|disks/, [291, 291, 291, 581]],
  ['Aurora ACU', 'RDS::DBInstance', /./, [409, 511, 1635, 3270]],
  ['Aurora I/O', 'RDS::DBCluster', /I\/O/, [0, 81, 1619, 16_188]],
  ['Aurora storage, first month, and the database without hits', 'RDS::DBCluster', /storage/, [1, 21.5, 408, 4066]],
  ['RDS Proxy', 'RDS::DBProxy', /./, [105, 105, 210, 420]],
  ['Kinesis', 'Kinesis::Stream', /./, [29, 76, 974, 9476]],
  ['Firehose', 'KinesisFirehose::DeliveryStream', /./, [0, 19, 294, 2895]],
  ['between zones to the database', 'RDS::DBCluster', /zones/, [0, 3.5, 70, 701]],
  ['internet out', 'ElasticLoadBalancingV2::LoadBalancer', /internet/, [0, 39, 944, 8232]],
  // 0.005 of Mumbai there; here 0.004 of Virginia, as the order of regions requires.
  ['archive after 26 months, Standard', 'S3::Bucket', /^raw hits$/, [0, 3.73, 74.6, 746.5], 40],
  ['archive after 26 months, cold', 'S3::Bucket', /^raw hits, cold/, [0, 4.95, 99, 990], 40],
  ['flow logs, delivery', 'EC2::FlowLog', /./, [2.85, 23.4, 414.8, 4122]],
  ['access logs, storage after 3 months', 'S3::Bucket', /^access logs$/, [0, 2.61, 52.3, 522.6], 40],
];

describe.each(table.map((row) => [row[0], row] as const))('%s', (_item, [, type, pattern, expected, month]) => {
  test.each(loads.map((hits, index) => [hits, expected[index] ?? Number.NaN] as const))('at %i hits a second', (hits, usd) => {
    const found = sum(at(hits, month), type, pattern);
    expect(found).toBeGreaterThan(usd * 0.995 - 0.6);
    expect(found).toBeLessThan(usd * 1.005 + 0.6);
  });
});

test('public addresses: three of NAT gateways, and those of the load balancer: 22, 22, 22, 55', () => {
  const found = loads.map((hits) => sum(at(hits), 'EC2::EIP') + sum(at(hits), 'ElasticLoadBalancingV2::LoadBalancer', /public/));
  expect(found.map(Math.round)).toEqual([22, 22, 22, 55]);
});

test('storage of the database after 25 months: 1,037 and 20,734', () => {
  // Without the 10 GB of a database without hits.
  expect(sum(at(100, 26), 'RDS::DBCluster', /storage/) - 1.19).toBeCloseTo(1036.6, 0);
  expect(sum(at(2000, 26), 'RDS::DBCluster', /storage/) - 1.19).toBeCloseTo(20_734, -1);
});

test('the ingest: 18 and 57; 603 with 16 GB-seconds a second, where the fit of the model has 15', () => {
  const ingest = (hits: number) => sum(at(hits), 'Lambda::Function', /^ingest/);
  expect(ingest(100)).toBeCloseTo(18.3, 0);
  expect(ingest(2000)).toBeCloseTo(56.9, 0);
  expect(ingest(20_000)).toBeGreaterThan(603 * 0.93);
  expect(ingest(20_000)).toBeLessThan(603);
});

describe('the totals', () => {
  // Since then: the access stack with its VPN, and the backups. Before: an archive in its steady state from the first
  // month.
  const comparable = (hits: number, month: number) => {
    const { lines } = at(hits, month);
    return lines.filter(({ stack }) => !['access', 'backup', 'recovery'].includes(stack)).reduce((total, { usd }) => total + usd, 0);
  };
  const steady: Readonly<Record<number, number>> = { 0: 0, 100: 13, 2000: 270, 20000: 2700 };

  test.each([
    [0, 1, 2150],
    [100, 1, 2690],
    [2000, 1, 11_900],
    [20_000, 1, 88_400],
    [0, 26, 2150],
    [100, 26, 3700],
    [2000, 26, 32_200],
  ])('%i hits a second, month %i: %i', (hits, month, expected) => {
    const found = comparable(hits, month) + (month === 1 ? (steady[hits] ?? 0) : 0);
    expect(Math.abs(found / expected - 1)).toBeLessThan(0.015);
  });

  test('the access stack came since: two associations of Client VPN, one VPN connection, alarms', () => {
    const access = at(0).lines.filter(({ stack }) => stack === 'access');
    const total = access.reduce((usd, line) => usd + line.usd, 0);
    expect(sum(at(0), 'EC2::ClientVpnTargetNetworkAssociation')).toBeCloseTo(2 * 0.1 * 730, 2);
    expect(sum(at(0), 'EC2::VPNConnection')).toBeCloseTo(0.05 * 730 + 2 * 0.005 * 730, 2);
    expect(total).toBeGreaterThan(190);
    expect(total).toBeLessThan(210);
  });

  test('two copies of the database a day are kept for 30 days: 60 GB-months and 60.8 transfers of each gigabyte', () => {
    const gigabytes = sum(at(2000), 'RDS::DBCluster', /storage/) / 0.119;
    const copied = sum(at(2000), 'Backup::BackupVault');
    expect(copied).toBeCloseTo(gigabytes * 2 * (30 * 0.024 + (365 / 12) * 0.02), 0);
    expect(
      at(2000)
        .lines.filter(({ type }) => type === 'AWS::Backup::BackupVault')
        .map(({ stack }) => stack),
    ).toEqual(['recovery', 'recovery']);
  });

  test('are the sum of the lines, and of a million hits', () => {
    const found = at(2000);
    expect(found.usd).toBeCloseTo(
      found.lines.reduce((usd, line) => usd + line.usd, 0),
      6,
    );
    expect(found.usdPerMillion).toBeCloseTo(found.usd / 5256, 6);
    expect(at(0).usdPerMillion).toBeUndefined();
  });
});

describe('keys, records and watch', () => {
  test('each key, secret, alarm and metric has its price', () => {
    const idle = at(0);
    const keys = production().flatMap(({ template }) =>
      Object.values(template.Resources as Record<string, { Type: string }>).filter(({ Type }) => Type === 'AWS::KMS::Key'),
    );
    expect(sum(idle, 'KMS::Key', /keys/)).toBeCloseTo(keys.length, 6);
    // The key of contexts, and the password of the master user.
    expect(sum(idle, 'SecretsManager::Secret') + sum(idle, 'RDS::DBCluster', /secret/)).toBeCloseTo(0.8, 6);
    expect(sum(idle, 'CloudTrail::Trail')).toBeCloseTo(14, 6);
  });

  test('an alarm on an expression counts each of its metrics, and a metric of one namespace once', () => {
    const metric = (MetricName: string, Namespace: string) => ({ MetricStat: { Metric: { Namespace, MetricName } } });
    const found = estimate(
      [
        stackOf({
          One: { Type: 'AWS::CloudWatch::Alarm', Properties: { Namespace: 'Rempart/x', MetricName: 'A' } },
          Two: {
            Type: 'AWS::CloudWatch::Alarm',
            Properties: { Metrics: [{ Expression: 'a+b' }, metric('A', 'Rempart/x'), metric('B', 'Rempart/x'), metric('C', 'AWS/EC2')] },
          },
        }),
      ],
      load(0),
    );
    expect(sum(found, 'CloudWatch::Alarm', /alarms/)).toBeCloseTo(4 * 0.1, 6);
    expect(sum(found, 'CloudWatch::Alarm', /metrics of/)).toBeCloseTo(2 * 0.3, 6);
  });
});

describe('small lines', () => {
  const idle = at(0);
  const busy = at(2000);

  test.each([
    // 9 rules and groups, one web ACL.
    ['WAF, fixed', sum(idle, 'WAFv2::WebACL'), 5 + 9],
    ['DNS queries', sum(idle, 'Route53Resolver::FirewallRuleGroup', /queries/), 2 * 0.6],
    ['detailed monitoring of three servers', sum(idle, 'AutoScaling::AutoScalingGroup', /monitoring/), 3 * 7 * 0.3],
    ['requests to KMS, once', sum(idle, 'KMS::Key', /requests/), 30 * 0.03],
    // 5,256 million lines of 0.7 kB, 20 MB a GB-second.
    ['redaction of access logs', sum(busy, 'Lambda::Function', /redaction/), (3679.2e9 / 20e6) * 0.0000133334],
    ['access logs, half a month', sum(busy, 'S3::Bucket', /access logs/), (3679.2 / 5) * 0.5 * 0.024],
    // 100 sites, each five minutes.
    ['data events of the archive', sum(busy, 'CloudTrail::Trail', /data events/), 8.76 * 0.1],
    // 1,445.4 GB of clients and 10 GB of others, 8 : 1.
    ['flow records, half a month', sum(busy, 'S3::Bucket', /flow records/), (1455.4 / 8) * 0.5 * 0.024],
  ])('%s', (_, found, expected) => {
    expect(found).toBeCloseTo(expected, 6);
  });

  test('a log group takes its lines, that of the trail its events, and keeps them', () => {
    const group = (id: string) => ({ Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: id, RetentionInDays: 400 } });
    const Properties = { CloudWatchLogsLogGroupArn: { 'Fn::GetAtt': ['TrailGroup', 'Arn'] }, InsightSelectors: [{}, {}] };
    const found = estimate(
      [stackOf({ TrailGroup: group('a'), Other: group('b'), Trail: { Type: 'AWS::CloudTrail::Trail', Properties } })],
      load(0, 40),
    );
    // 2 million events of 1.5 kB, and 0.05 GB for each group; 400 days.
    expect(sum(found, 'Logs::LogGroup', /^lines/)).toBeCloseTo(3.1 * 0.5985, 6);
    expect(sum(found, 'Logs::LogGroup', /kept/)).toBeCloseTo(3.1 * ((400 * 24) / 730) * 0.0315, 6);
    expect(sum(found, 'CloudTrail::Trail')).toBeCloseTo(14, 6);
  });

  test.each([
    ['rate(1 minute)', 43_800],
    ['rate(5 minutes)', 8760],
    ['rate(1 hour)', 730],
    ['rate(2 days)', 730 / 48],
    ['cron(10 6 * * ? *)', 730 / 24],
  ])('a function of 512 MB runs on the schedule %s', (ScheduleExpression, runs) => {
    const resources = {
      Daily: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 512 } },
      Idle: { Type: 'AWS::Lambda::Function', Properties: { MemorySize: 1024 } },
      Schedule: {
        Type: 'AWS::Scheduler::Schedule',
        Properties: { ScheduleExpression, Target: { Arn: { 'Fn::GetAtt': ['Daily', 'Arn'] } } },
      },
    };
    expect(sum(estimate([stackOf(resources)], load(0)), 'Lambda::Function')).toBeCloseTo(runs * (0.5 * 3 * 0.0000133334 + 0.2e-6), 8);
  });

  test('a fan-out consumer of a stream pays for its reads, and shares none', () => {
    const stream = (StreamMode: string) => ({
      Type: 'AWS::Kinesis::Stream',
      Properties: { ShardCount: 5, StreamModeDetails: { StreamMode } },
    });
    const cost = (mode: string) =>
      sum(
        estimate([stackOf({ Stream: stream(mode), Consumer: { Type: 'AWS::Kinesis::StreamConsumer' } })], load(2000)),
        'Kinesis::Stream',
        /fan-out/,
      );
    const shared = estimate([stackOf({ Stream: stream('ON_DEMAND'), Consumer: { Type: 'AWS::Kinesis::StreamConsumer' } })], load(2000));
    expect(sum(shared, 'Kinesis::Stream', /^out/)).toBe(0);
    expect(cost('ON_DEMAND')).toBeCloseTo(5256 * 0.05, 6);
    expect(cost('PROVISIONED')).toBeCloseTo(5256 * 0.013 + 5 * 730 * 0.015, 6);
  });

  test('hits without the web ACL need a trust store, and no load balancer of their own', () => {
    const apart = estimate(production(), load(0), { shape: { wafOnHits: false } });
    const of = (found: typeof idle, item: RegExp) => sum(found, 'ElasticLoadBalancingV2::LoadBalancer', item);
    expect(of(apart, /balancers|addresses/)).toBeCloseTo(of(idle, /balancers|addresses/), 6);
    expect(of(idle, /trust/)).toBe(0);
    expect(of(apart, /trust/)).toBeCloseTo(0.005 * 730, 6);
  });
});

describe('properties that other deployments have', () => {
  test('a NAT gateway without Network Firewall is billed', () => {
    const gateway = { Type: 'AWS::EC2::NatGateway' };
    const firewall = { Type: 'AWS::NetworkFirewall::Firewall', Properties: { SubnetMappings: [{}] } };
    expect(sum(estimate([stackOf({ gateway })], load(0)), 'EC2::NatGateway')).toBeCloseTo(0.05 * 730 + 0.05 * 20, 6);
    expect(sum(estimate([stackOf({ gateway, firewall })], load(0)), 'EC2::NatGateway')).toBe(0);
  });

  test('instances of another class have its price, and the proxy bills their processors', () => {
    const instance = { Type: 'AWS::RDS::DBInstance', Properties: { DBInstanceClass: 'db.r7g.xlarge' } };
    const found = estimate([stackOf({ One: instance, Two: instance, Proxy: { Type: 'AWS::RDS::DBProxy' } })], load(100));
    expect(sum(found, 'RDS::DBInstance')).toBeCloseTo(2 * 0.553 * 730, 6);
    expect(sum(found, 'RDS::DBProxy')).toBeCloseTo(8 * 0.018 * 730, 6);
  });

  test('a volume has the price of its size, and of IOPS and throughput above those included', () => {
    const ebs = { VolumeSize: 50, Iops: 4000, Throughput: 225 };
    const found = estimate(
      [
        stackOf({
          Launch: {
            Type: 'AWS::EC2::LaunchTemplate',
            Properties: { LaunchTemplateData: { InstanceType: 'c8g.large', BlockDeviceMappings: [{ Ebs: ebs }] } },
          },
          Fleet: {
            Type: 'AWS::AutoScaling::AutoScalingGroup',
            Properties: { MinSize: '2', MaxSize: '4', LaunchTemplate: { LaunchTemplateId: { Ref: 'Launch' } } },
          },
        }),
      ],
      load(0),
    );
    expect(sum(found, 'AutoScaling::AutoScalingGroup')).toBeCloseTo(2 * (0.09444 * 730 + 50 * 0.0928 + 1000 * 0.006 + 100 * 0.0476), 6);
  });

  test('another region has its own prices', () => {
    const paris = stackOf({
      Fleet: { Type: 'AWS::EC2::EIP' },
      Zone: { Type: 'AWS::SecretsManager::Secret' },
      Key: { Type: 'AWS::RDS::DBProxy' },
    });
    const nat = { ...stackOf({ Gateway: { Type: 'AWS::EC2::NatGateway' } }), region: 'eu-west-1' };
    expect(sum(estimate([nat], load(0)), 'EC2::NatGateway', /gateways/)).toBeCloseTo(0.048 * 730, 6);
    expect(estimate([paris], load(0)).lines.find(({ type }) => type === 'AWS::RDS::DBProxy')?.applied).toMatchObject({
      from: 'F',
      isFallback: true,
    });
  });
});
