// Endpoints of AWS services in the VPC: each with a policy for principals, and where it is possible resources, of this
// account alone. (TOM-6.6, TOM-3.5)
import { type Declaration, declare } from './declaration';
import { by, type FormLike } from './form';
import { groupsOf, subnetsIn, vpc, zones } from './network-tiers';
import { tableName } from './network-vpc';
import { tags } from './tags';

/** Own resources: those of this account. Any: the service has public parameters or documents, which AWS owns. */
type Reach = 'own-resources' | 'any-resource';

const interfaces: Readonly<Record<string, { readonly service: string; readonly prefix: string; readonly reach: Reach }>> = {
  Ssm: { service: 'ssm', prefix: 'ssm', reach: 'any-resource' },
  SsmMessages: { service: 'ssmmessages', prefix: 'ssmmessages', reach: 'any-resource' },
  Autoscaling: { service: 'autoscaling', prefix: 'autoscaling', reach: 'own-resources' },
  Kms: { service: 'kms', prefix: 'kms', reach: 'own-resources' },
  SecretsManager: { service: 'secretsmanager', prefix: 'secretsmanager', reach: 'own-resources' },
  Sts: { service: 'sts', prefix: 'sts', reach: 'own-resources' },
  Logs: { service: 'logs', prefix: 'logs', reach: 'own-resources' },
  Monitoring: { service: 'monitoring', prefix: 'cloudwatch', reach: 'own-resources' },
  Kinesis: { service: 'kinesis-streams', prefix: 'kinesis', reach: 'own-resources' },
};

const account = '${AWS::AccountId}';
const anyone: FormLike = { AWS: '*' };

/** A service for the principals of this account, anonymous ones excluded. */
const ownPrincipals = (prefix: string, reach: Reach): FormLike => ({
  Action: `${prefix}:*`,
  Condition: {
    StringEquals: { 'aws:PrincipalAccount': account },
    ...(reach === 'own-resources' ? { StringEqualsIfExists: { 'aws:ResourceAccount': account } } : {}),
  },
  Effect: 'Allow',
  Principal: anyone,
  Resource: '*',
});

/** The buckets of AWS that flows name: package managers and custom resources send no credentials of the account. */
const bucketsOfAws: readonly FormLike[] = [
  {
    Action: 's3:GetObject',
    Effect: 'Allow',
    Principal: anyone,
    // The repositories of Amazon Linux 2023, which servers read at boot.
    Resource: 'arn:aws:s3:::al2023-repos-<region>-de612dc2/*',
  },
  {
    // Custom resources write their responses there.
    Action: 's3:PutObject',
    Effect: 'Allow',
    Principal: anyone,
    Resource: by(({ facts }) => `arn:aws:s3:::cloudformation-custom-resource-response-${facts.region.replaceAll('-', '')}/*`),
  },
];

const policy = (...statements: readonly FormLike[]): FormLike => ({ Statement: statements, Version: '2012-10-17' });

/** A gateway endpoint is a route in the tables of servers and functions. */
const gateway = (id: string, service: string, ...further: readonly FormLike[]): Declaration =>
  declare('AWS::EC2::VPCEndpoint', `network/Endpoints${id}`, {
    PolicyDocument: policy(ownPrincipals(service, 'own-resources'), ...further),
    RouteTableIds: ['private', 'functions'].flatMap((tier) => zones.map((zone) => `\${${tableName(tier, zone)}}`)),
    ServiceName: `com.amazonaws.<region>.${service}`,
    Tags: tags(),
    VpcEndpointType: 'Gateway',
    VpcId: vpc,
  });

export const endpointDeclarations: readonly Declaration[] = [
  gateway('S3', 's3', ...bucketsOfAws),
  gateway('DynamoDb', 'dynamodb'),
  ...Object.entries(interfaces).map(([id, { service, prefix, reach }]) =>
    declare('AWS::EC2::VPCEndpoint', `network/Endpoints${id}`, {
      PolicyDocument: policy(ownPrincipals(prefix, reach)),
      PrivateDnsEnabled: true,
      SecurityGroupIds: groupsOf('endpoints'),
      ServiceName: `com.amazonaws.<region>.${service}`,
      SubnetIds: subnetsIn('endpoints'),
      Tags: tags(),
      VpcEndpointType: 'Interface',
      VpcId: vpc,
    }),
  ),
];
