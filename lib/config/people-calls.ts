// Calls contracts of the roles that people and deployers assume. No code makes these calls: a person does.
import type { Call } from '../../runtime/calls';
import { type PeopleRole, shellUser } from './names';
import { configurationReads, endpointReads, stateReads } from './people-reads';
import { copyRegion, type Site } from './site';

const account = '${AWS::AccountId}';
const sessions = `arn:aws:ssm:<region>:${account}:session/*`;

/** Mode of the calls of people that exist with `access.instanceConnect` alone. */
const connectMode = 'instance-connect';
/** Modes of calls in a deployment with an office, and in one without: `access.instanceConnect` needs an office. */
const officeModes = ['office', connectMode];
const vpnMode = 'vpn';

/**
 * Denies every request that comes neither from an office nor through an endpoint of the VPC, except those of a service
 * for the session. Requests through an endpoint have no `aws:SourceIp`, and others no `aws:SourceVpc`; a negated
 * condition matches where its key is absent ("AWS global condition context keys"). (TOM-3.2)
 */
const fromKnownNetworks: readonly Call[] = [
  {
    effect: 'Deny',
    actions: ['*'],
    resources: ['*'],
    conditions: {
      NotIpAddress: { 'aws:SourceIp': ['<officeAddresses>'] },
      StringNotEquals: { 'aws:SourceVpc': ['<vpc>'] },
      BoolIfExists: { 'aws:ViaAWSService': 'false' },
    },
    modes: officeModes,
    by: 'no caller: a session is used from the VPN or an office only',
  },
  {
    effect: 'Deny',
    actions: ['*'],
    resources: ['*'],
    conditions: { StringNotEquals: { 'aws:SourceVpc': ['<vpc>'] }, BoolIfExists: { 'aws:ViaAWSService': 'false' } },
    modes: [vpnMode],
    by: 'no caller: a session is used from the VPN only',
  },
];

/** Denies every request from outside the management networks, which Site-to-Site VPN connects to the VPC. (TOM-3.1) */
const fromManagementNetworks: readonly Call[] = [
  {
    effect: 'Deny',
    actions: ['*'],
    resources: ['*'],
    conditions: {
      NotIpAddress: { 'aws:VpcSourceIp': ['<managementNetworks>'] },
      BoolIfExists: { 'aws:ViaAWSService': 'false' },
    },
    by: 'no caller: a session is used from the management networks only',
  },
  {
    effect: 'Deny',
    actions: ['*'],
    resources: ['*'],
    conditions: { StringNotEquals: { 'aws:SourceVpc': ['<vpc>'] }, BoolIfExists: { 'aws:ViaAWSService': 'false' } },
    by: 'no caller: another VPC can have the same addresses',
  },
];

const reads = (actions: readonly string[]): Call => ({ actions, resources: ['*'], by: 'a person' });

/**
 * Server shells by the session document of the deployment, on servers whose data has one of the classifications.
 * Without `ssm:SessionDocumentAccessCheck` the caller could omit the document, and Session Manager would use the one
 * of the account ("Enforce a session document permission check for the AWS CLI"). (TOM-3.1, DSS-5.6.6)
 */
const shells = (...classifications: readonly string[]): readonly Call[] => [
  {
    actions: ['ssm:StartSession'],
    resources: [`arn:aws:ec2:<region>:${account}:instance/*`],
    conditions: {
      StringEquals: { 'aws:ResourceTag/rempart:deployment': '<deployment>', 'aws:ResourceTag/rempart:classification': classifications },
      Bool: { 'ssm:SessionDocumentAccessCheck': 'true' },
    },
    by: 'a person',
  },
  { actions: ['ssm:StartSession'], resources: [`arn:aws:ssm:<region>:${account}:document/<deployment>-shell`], by: 'a person' },
  // The id of a session begins with the name of its person, as in `alice-0a1b`; no policy has a variable for the name.
  // The tag of the session has `aws:userid`: the id of the role and the name. The pattern `session/${aws:userid}-*` of
  // the samples is for IAM users. ("Additional sample IAM policies for Session Manager", example 4, method 2)
  {
    actions: ['ssm:ResumeSession', 'ssm:TerminateSession'],
    resources: [sessions],
    conditions: { StringEquals: { 'ssm:resourceTag/aws:ssmmessages:session-id': '$!{aws:userid}' } },
    by: 'a person, for own sessions',
  },
  // A channel opens with a token alone, which StartSession and ResumeSession return to their caller.
  { actions: ['ssmmessages:OpenDataChannel'], resources: [sessions], by: 'a person, with the token of an own session' },
  // The client of a session makes its key; the encryption context has the id of the session.
  {
    actions: ['kms:GenerateDataKey'],
    resources: ['${account/DeploymentKey.Arn}'],
    conditions: { Null: { 'kms:EncryptionContext:aws:ssm:SessionId': 'false' } },
    by: 'a person, for the key of a session',
  },
];

/** Classifications of servers without data of clients. */
const withoutClientData = ['public', 'internal', 'confidential'] as const;
const anyData = [...withoutClientData, 'personal'] as const;

/** The longest tunnel in seconds, as EC2 Instance Connect Endpoint limits each ("maxTunnelDuration"). */
const longestTunnel = 3600;

/** What the calls of people depend on in a deployment. */
type CallSettings = Readonly<{
  access: Readonly<{ instanceConnect: boolean; officeAddresses: readonly string[]; timeouts: Readonly<{ shellMaximumMinutes: number }> }>;
}>;

/** The mode of the calls of people. */
export function callModeOf({ access: { instanceConnect, officeAddresses } }: CallSettings): string {
  if (instanceConnect) return connectMode;
  return officeAddresses.length > 0 ? 'office' : vpnMode;
}

/** Seconds after which a tunnel ends: no later than a shell of the session service. (TOM-3.3) */
export const tunnelSecondsOf = ({ access }: CallSettings): string =>
  String(Math.min(longestTunnel, access.timeouts.shellMaximumMinutes * 60));

/**
 * A tunnel to the SSH server, and the key for it, which the server takes for 60 seconds ("Connect to your instances
 * using EC2 Instance Connect Endpoint"). The key is for the user without root. (DSS-5.6.6)
 */
const connects: readonly Call[] = [
  {
    actions: ['ec2-instance-connect:OpenTunnel'],
    resources: [`arn:aws:ec2:<region>:${account}:instance-connect-endpoint/*`],
    conditions: {
      StringEquals: { 'aws:ResourceTag/rempart:deployment': '<deployment>' },
      NumericEquals: { 'ec2-instance-connect:remotePort': '22' },
      NumericLessThanEquals: { 'ec2-instance-connect:maxTunnelDuration': '<tunnelSeconds>' },
    },
    modes: [connectMode],
    by: 'a person',
  },
  {
    actions: ['ec2-instance-connect:SendSSHPublicKey'],
    resources: [`arn:aws:ec2:<region>:${account}:instance/*`],
    conditions: {
      StringEquals: {
        'aws:ResourceTag/rempart:deployment': '<deployment>',
        'aws:ResourceTag/rempart:classification': anyData,
        'ec2:osuser': shellUser,
      },
    },
    modes: [connectMode],
    by: 'a person, with a key of the moment',
  },
  {
    actions: ['ec2:DescribeInstanceConnectEndpoints'],
    resources: ['*'],
    modes: [connectMode],
    by: 'the AWS CLI, which finds the endpoint',
  },
];

const tagged = (origin: 'RequestTag' | 'ResourceTag') => ({ [`aws:${origin}/rempart:deployment`]: '<deployment>' });
const asServer = (origin: 'RequestTag' | 'ResourceTag') => ({ ...tagged(origin), [`aws:${origin}/rempart:certificate`]: 'vpn-server' });
const vpnEndpoints = [`arn:aws:ec2:<region>:${account}:client-vpn-endpoint/*`];
const certificates = [`arn:aws:acm:<region>:${account}:certificate/*`];

/** Certificates of the VPN: the calls of `npm run vpn`. (TOM-3.2, DSS-5.6.5) */
const vpnCertificates: readonly Call[] = [
  { actions: ['kms:GetPublicKey', 'kms:Sign'], resources: ['${access/VpnKey.Arn}'], by: 'npm run vpn' },
  { actions: ['s3:GetObject', 's3:PutObject'], resources: ['${access/VpnRegistry.Arn}/certificates.json'], by: 'npm run vpn' },
  { actions: ['s3:ListBucket'], resources: ['${access/VpnRegistry.Arn}'], by: 'npm run vpn, before the registry exists' },
  {
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: ['${account/DeploymentKey.Arn}'],
    conditions: { StringEquals: { 'kms:ViaService': 's3.<region>.amazonaws.com' } },
    by: 'S3, which encrypts the registry',
  },
  { actions: ['ec2:DescribeClientVpnEndpoints'], resources: ['*'], by: 'npm run vpn' },
  {
    actions: [
      'ec2:DescribeClientVpnConnections',
      'ec2:ExportClientVpnClientCertificateRevocationList',
      'ec2:ImportClientVpnClientCertificateRevocationList',
      'ec2:TerminateClientVpnConnections',
    ],
    resources: vpnEndpoints,
    conditions: { StringEquals: tagged('ResourceTag') },
    by: 'npm run vpn',
  },
  {
    actions: ['acm:AddTagsToCertificate', 'acm:ImportCertificate'],
    resources: certificates,
    // No other certificate takes these tags, by which its import would be allowed.
    conditions: { StringEquals: asServer('RequestTag'), StringEqualsIfExists: asServer('ResourceTag') },
    by: 'npm run vpn -- init, for the first certificate',
  },
  {
    actions: ['acm:ImportCertificate'],
    resources: certificates,
    conditions: { StringEquals: asServer('ResourceTag') },
    by: 'npm run vpn -- init, for a renewal',
  },
];

/** Invocation of one function that verifies its caller by AWS STS. (TOM-4.7) */
const invokes = (control: 'staff-access' | 'staff-reads', by: string): Call => ({
  actions: ['lambda:InvokeFunction'],
  resources: [`arn:aws:lambda:<region>:${account}:function:<deployment>-${control}`],
  by,
});

/**
 * The roles of the CDK bootstrap template by which a deployment is made ("Bootstrapping", AWS CDK Developer Guide).
 */
const bootstrapRoles = ['deploy', 'file-publishing', 'lookup'] as const;

const bootstrapRolesIn = (region: string): readonly string[] =>
  bootstrapRoles.map((role) => `arn:aws:iam::${account}:role/cdk-hnb659fds-${role}-role-${account}-${region}`);

/** The bootstrap roles of the regions in which a site has stacks: its own, and that of its copies. (DSS-5.4.2) */
export const deploymentRolesOf = (site: Pick<Site, 'name' | 'region' | 'settings'>): readonly string[] =>
  [site.region, copyRegion(site)].flatMap((region) => (region === undefined ? [] : bootstrapRolesIn(region)));

/** Deployment by bootstrap roles. */
const deploys = (...resources: readonly string[]): Call => ({ actions: ['sts:AssumeRole'], resources, by: 'the CDK CLI' });

/** Reads of the snapshots and recovery points from which a recovery starts. (DSS-5.5.1) */
const recoveryReads = ['backup:ListRecoveryPointsByBackupVault', 'rds:DescribeDBClusterSnapshots'];

/** The calls of each role. Sessions of all but the auditor, the deployer and the emergency are bound to networks. */
export const peopleCalls: Readonly<Record<PeopleRole, readonly Call[]>> = {
  // No endpoint serves the other reads of state, and the role works from the management networks alone.
  'infrastructure-manager': [reads(endpointReads), ...shells(...withoutClientData), ...fromManagementNetworks],
  'it-team': [
    reads(stateReads),
    ...shells(...withoutClientData),
    ...vpnCertificates,
    invokes('staff-access', 'npm run access'),
    ...fromKnownNetworks,
  ],
  'client-data-team': [
    reads(stateReads),
    ...shells(...anyData),
    ...connects,
    invokes('staff-reads', 'npm run access'),
    ...fromKnownNetworks,
  ],
  auditor: [reads(configurationReads)],
  deployer: [deploys('<deploymentRoles>')],
  emergency: [reads(stateReads), ...shells(...anyData)],
  recovery: [reads([...stateReads, ...recoveryReads]), deploys(...bootstrapRolesIn('<recoveryRegion>')), ...fromKnownNetworks],
};

/** Descriptions of the roles, which people see when they switch to one. */
export const peopleRoleDescriptions: Readonly<Record<PeopleRole, string>> = {
  auditor: 'Outside auditors read the configuration and no data',
  'client-data-team': 'Members of the IT team with access to servers that hold data of clients',
  deployer: 'Workflows of GitHub Actions deploy through the roles of the CDK bootstrap',
  emergency: 'Access to servers while the VPN is down; each use raises an alarm',
  'infrastructure-manager': 'The infrastructure manager, from the management networks',
  'it-team': 'The IT team, from the VPN or an office',
  recovery: 'Recovery of the deployment in the recovery region, from an office',
};
