// The network stack: its properties for other stacks, the clauses of its resources, and its switches.
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { clauseMetadataKey, writeClauseMetadata } from '../../../lib/labels/labels';
import { NetworkStack } from '../../../lib/stacks/network';
import { clauseIds } from '../../../lib/tom/clause-id';
import { siteFor, type Variant } from '../network/network-fixture';
import { development, production } from '../network/reading';

const known = new Set<string>(clauseIds);

function network(variant: Variant): NetworkStack {
  const site = siteFor(variant);
  const env = { region: site.region };
  const app = new App({ analyticsReporting: false });
  const accountStack = new Stack(app, 'production-account', { env });
  const key = new Key(accountStack, 'Key');
  const auditArchive = Bucket.fromBucketName(accountStack, 'Archive', 'audit-archive');
  const stack = new NetworkStack(app, 'production-network', { site, env, account: { key, auditArchive } });
  writeClauseMetadata(app);
  return stack;
}

/** Flow logs of the VPC and of each subnet but those of proxies. */
const flowLogs = [
  'FlowRecordsVpcB317D550',
  ...['FlowRecordsegress1361C9BC4', 'FlowRecordsegress258AFB2E0', 'FlowRecordsegress36685A05D'],
  ...['FlowRecordsfunctions1A411EFEF', 'FlowRecordsfunctions2E81FF08E', 'FlowRecordsfunctions3EF429830'],
  ...['FlowRecordsisolated1C4D747E6', 'FlowRecordsisolated2ADCC4EC6', 'FlowRecordsisolated3944F9E62'],
  ...['FlowRecordsprivate1897EEC7B', 'FlowRecordsprivate2DF9227C9', 'FlowRecordsprivate37F55BA90'],
];
const flowLogsOfFirewalls = ['FlowRecordsfirewall109DB70C7', 'FlowRecordsfirewall2A211369C', 'FlowRecordsfirewall3A9A39E44'];

const flowLogsOfVpn = ['FlowRecordsvpn17C39345D', 'FlowRecordsvpn21BF913AD', 'FlowRecordsvpn3D417017A'];

/** Logical ids of what holds data or has a name or an address that others know: a new id is a new resource. */
const common = {
  'AWS::EC2::VPC': ['Vpc8378EB38'],
  'AWS::EC2::FlowLog': flowLogs,
  'AWS::SQS::Queue': ['DefaultSecurityGroupFunctionDeadLettersEF48699A'],
};
const pinnedInProduction: Record<string, string[]> = {
  ...common,
  'AWS::EC2::FlowLog': [...flowLogs, ...flowLogsOfFirewalls, ...flowLogsOfVpn].sort(),
  'AWS::EC2::EIP': ['NatAddress114DD7FC7', 'NatAddress27520ED41', 'NatAddress3C6935B5B'],
  'AWS::Logs::LogGroup': [
    'DefaultSecurityGroupFunctionLog910B9846',
    'DnsQueries37CD9F4A',
    'FirewallAlerts345E177B',
    'FirewallFlowsED67FF4B',
  ],
};
const pinnedInDevelopment: Record<string, string[]> = {
  ...common,
  'AWS::EC2::EIP': ['NatAddress114DD7FC7'],
  'AWS::Logs::LogGroup': ['DefaultSecurityGroupFunctionLog910B9846', 'DnsQueries37CD9F4A'],
};

/** Types that hold data: were another one made in this stack, its id would have to be pinned above. */
const holding = /^AWS::(Logs::LogGroup|KMS::Key|S3::Bucket|SQS::Queue|SNS::Topic|DynamoDB::\w+|RDS::\w+|SecretsManager::Secret|EFS::\w+)$/;

describe.each([
  ['production', production, pinnedInProduction],
  ['development', development, pinnedInDevelopment],
])('in %s', (_, made, pinned) => {
  const { Resources: resources } = made().toJSON() as { Resources: Record<string, { Type: string; Metadata?: Record<string, unknown> }> };

  test('every resource names the clauses it serves', () => {
    for (const [id, { Metadata }] of Object.entries(resources)) {
      const clauses = (Metadata?.[clauseMetadataKey] ?? []) as string[];
      expect({ id, named: clauses.length > 0 && clauses.every((clause) => known.has(clause)) }).toEqual({ id, named: true });
    }
  });

  test('it keeps the logical ids of resources that hold data or have a fixed name or address', () => {
    const found: Record<string, string[]> = {};
    for (const [id, { Type }] of Object.entries(resources)) {
      if (Type in pinned || holding.test(Type)) found[Type] = [...(found[Type] ?? []), id].sort();
    }
    expect(found).toEqual(pinned);
  });

  test('it has room for future stacks', () => {
    expect(Object.keys(resources).length).toBeLessThan(250);
  });
});

test('it hands on the subnets of each tier, three of each', () => {
  const { vpc, proxySubnets, serverSubnets, functionSubnets, isolatedSubnets } = network({});
  const blocks = [proxySubnets, serverSubnets, functionSubnets, isolatedSubnets].map((selection) =>
    vpc.selectSubnets(selection).subnets.map((subnet) => subnet.ipv4CidrBlock),
  );
  expect(blocks.map((of) => of[0])).toEqual(['10.64.128.0/21', '10.64.0.0/19', '10.64.192.0/21', '10.64.160.0/21']);
  for (const of of blocks) expect(of).toHaveLength(3);
  expect(vpc.publicSubnets).toEqual(vpc.selectSubnets(proxySubnets).subnets);
});

test('another deployment of the same account can leave out the public access block', () => {
  const template = Template.fromStack(network({ network: { blockPublicAccess: false } }));
  template.resourceCountIs('AWS::EC2::VPCBlockPublicAccessOptions', 0);
  template.resourceCountIs('AWS::EC2::VPCBlockPublicAccessExclusion', 0);
});
