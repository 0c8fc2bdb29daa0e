// The endpoints: their services, their subnets, and the principals and resources that they allow.
import { Match } from 'aws-cdk-lib/assertions';
import { addressPlan } from '../../../lib/network/address-plan';
import { production, reference, resources, subnets } from './reading';

const template = production();
const endpoints = Object.values(resources(template, 'AWS::EC2::VPCEndpoint')).map(
  ({ Properties }) => Properties as Record<string, unknown>,
);
const nameOf = (endpoint: Record<string, unknown>) => JSON.stringify(endpoint.ServiceName);
const interfaces = endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface');
const gateways = endpoints.filter(({ VpcEndpointType }) => VpcEndpointType === 'Gateway');

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: Record<string, Record<string, unknown>>;
}
const statementsOf = (endpoint: Record<string, unknown>) => (endpoint.PolicyDocument as { Statement: Statement[] }).Statement;

test.each(['ssm', 'ssmmessages', 'autoscaling', 'kms', 'secretsmanager', 'sts', 'logs', 'monitoring', 'kinesis-streams'])(
  '%s',
  (service) => {
    const found = interfaces.filter((endpoint) => nameOf(endpoint).includes(`.${service}"`));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ PrivateDnsEnabled: true });
    const placed = found.flatMap(({ SubnetIds }) => SubnetIds as unknown[]);
    expect(placed.map(reference).sort()).toEqual(subnets(template, 'private').map(({ id }) => id));
  },
);

test('all interfaces are in one security group, which admits servers, functions and the VPNs on 443 alone and opens no connection', () => {
  const groups = resources(template, 'AWS::EC2::SecurityGroup');
  const [id] = Object.keys(groups);
  expect(Object.keys(groups)).toHaveLength(1);
  for (const endpoint of interfaces) expect(endpoint.SecurityGroupIds).toEqual([{ 'Fn::GetAtt': [id, 'GroupId'] }]);
  const plan = addressPlan('10.64.0.0/16');
  const tls = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
  template.hasResourceProperties('AWS::EC2::SecurityGroup', {
    SecurityGroupIngress: [
      { CidrIp: plan.private.cidr, ...tls },
      { CidrIp: plan.functions.cidr, ...tls },
      { CidrIp: plan.vpn.cidr, ...tls },
      // The management network of config/production.yaml, by the Site-to-Site VPN.
      { CidrIp: '192.168.40.0/24', ...tls },
    ].map(Match.objectLike),
    SecurityGroupEgress: [Match.objectLike({ CidrIp: '255.255.255.255/32' })],
  });
});

test('each interface admits only principals of this account, to one service', () => {
  for (const endpoint of interfaces) {
    const [statement, ...others] = statementsOf(endpoint);
    expect(others).toEqual([]);
    expect(statement?.Action).toMatch(/^[a-z]+:\*$/);
    expect(statement?.Condition?.StringEquals).toEqual({ 'aws:PrincipalAccount': { Ref: 'AWS::AccountId' } });
  }
});

test('data services admit only resources of this account', () => {
  for (const service of ['kms', 'secretsmanager', 'kinesis-streams', 'logs', 's3', 'dynamodb']) {
    const endpoint = endpoints.find((candidate) => new RegExp(`\\.${service}"`).test(nameOf(candidate)));
    const [statement] = statementsOf(endpoint as Record<string, unknown>);
    expect(statement?.Condition?.StringEqualsIfExists).toEqual({ 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } });
  }
});

test('gateways serve the route tables of servers and functions, and of no other tier', () => {
  expect(gateways).toHaveLength(2);
  for (const gateway of gateways) {
    const tables = (gateway.RouteTableIds as unknown[]).map(reference);
    expect(tables).toHaveLength(6);
    for (const table of tables) expect(table).toMatch(/^Vpc(private|functions)Subnet\dRouteTable/);
  }
});

test('through the S3 gateway, principals of other accounts only read the packages of AWS and write responses to CloudFormation', () => {
  const s3 = gateways.find((gateway) => nameOf(gateway).includes('s3')) as Record<string, unknown>;
  const open = statementsOf(s3).filter(({ Condition }) => Condition === undefined);
  expect(open.map(({ Action }) => Action)).toEqual(['s3:GetObject', 's3:PutObject']);
  const objects = (bucket: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${bucket}/*`]] });
  expect(open[0]?.Resource).toEqual(objects('al2023-repos-eu-west-3-de612dc2'));
  expect(open[1]?.Resource).toEqual(objects('cloudformation-custom-resource-response-euwest3'));
});
