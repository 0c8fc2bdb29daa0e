// Powers: the actions of roles that change a control, invoke a function, sign in or reveal a secret, with the only
// roles that hold them. The table is closed: no role holds an action that is neither here nor in data-access.ts. It
// judges contracts too: a call that a calls.ts declares is a finding without an entry in one of both.
import { backupPowers } from './backup-access';
import type { Power } from './held';
import { functionRoles, scheduleRoles } from './identity';
import { lakeFunctions } from './lake';
import { peopleRoleId } from './people-roles';

const account = '${AWS::AccountId}';
const certificates = `arn:aws:acm:<region>:${account}:certificate/*`;
const fleet = `arn:aws:autoscaling:<region>:${account}:autoScalingGroup:*:autoScalingGroupName/<deployment>-collectors`;
const siteSecrets = `arn:aws:secretsmanager:<region>:${account}:secret:<deployment>/sites/*`;
const authorityAccount = `arn:aws:secretsmanager:<region>:${account}:secret:<deployment>/certificate-account-*`;
const vpnEndpoint = `arn:aws:ec2:<region>:${account}:client-vpn-endpoint/`;
const contextKey = '${data/ContextKey}';
const masterSecret = '${data/DatabaseCluster.MasterUserSecret.SecretArn}';

/** User of the database through the proxy, whose id is the seventh part of its ARN. */
const throughProxy = (user: string): string =>
  `arn:aws:rds-db:<region>:${account}:dbuser:\${Fn::Select [6,"\${Fn::Split [\\":\\",\\"\${data/Proxy.DBProxyArn}\\"]}"]}/${user}`;
const ofCluster = (user: string): string =>
  `arn:aws:rds-db:<region>:${account}:dbuser:\${data/DatabaseCluster.DBClusterResourceId}/${user}`;

const roleOf = (control: string): string => {
  const [id] = Object.entries(functionRoles).find(([, role]) => role.control === control) ?? [];
  if (id === undefined) throw new Error(`powers: expected a control with a role in lib/tom/world/identity.ts, got ${control}; correct it`);
  return `${id}Role`;
};
/** Names of the roles of functions by their control. */
export const rolesOf = (...controls: readonly string[]): readonly string[] => controls.map(roleOf);
/** Role of the collector servers. */
export const server = 'collection/CollectorsRole';
const invoked = (control: string): string => `arn:aws:lambda:<region>:${account}:function:<deployment>-${control}`;

/** Functions that sign in as each role of the database. (TOM-4.1) */
const application = rolesOf('ingest', 'person-erase', 'person-export', 'generated-data');
const maintenance = rolesOf('database-upkeep', 'lake-export', 'lake-upkeep', 'site-admin', 'site-snapshot', 'generated-data');
const direct = rolesOf('migrations', 'context-key-rotation');
/** Functions with a sign-in that work within no site. */
const entersNoSite = rolesOf('site-snapshot');

/** Roles of people, by name. */
const people = (...roles: Parameters<typeof peopleRoleId>[0][]): readonly string[] => roles.map((role) => `${peopleRoleId(role)}Role`);
/** Roles of people that start shells on servers. */
export const shellRoles = people('infrastructure-manager', 'it-team', 'client-data-team', 'emergency');
const bootstrapRoles = (region: string): readonly string[] =>
  ['deploy', 'file-publishing', 'lookup'].map((role) => `arn:aws:iam::${account}:role/cdk-hnb659fds-${role}-role-${account}-${region}`);

const power = (control: string, holders: readonly string[], actions: readonly string[], resources: readonly string[]): Power => ({
  ...{ control, holders, actions, resources },
});

/** The table: each action with its resources, and the roles that hold it. */
export const powers: readonly Power[] = [
  ...backupPowers,
  power(
    'the certificate of the load balancer (DSS-5.3.2)',
    rolesOf('certificate'),
    ['acm:AddTagsToCertificate', 'acm:DeleteCertificate', 'acm:ImportCertificate'],
    [certificates],
  ),
  power(
    'the proof of the domain (DSS-5.3.2)',
    rolesOf('certificate'),
    ['route53:ChangeResourceRecordSets'],
    ['arn:aws:route53:::hostedzone/<hostedZone>'],
  ),
  power(
    'the removal of raw logs of the load balancer (TOM-4.13)',
    rolesOf('log-redaction'),
    ['s3:DeleteObject'],
    ['${account/EdgeLogLanding.Arn}/*'],
  ),
  power(
    'the queue of landed logs (TOM-4.13)',
    rolesOf('log-redaction'),
    ['sqs:DeleteMessage', 'sqs:ReceiveMessage'],
    ['${account/EdgeLogRedactionNotices.Arn}'],
  ),
  power('the replacement of degraded servers (TOM-6.2)', rolesOf('server-replacement'), ['autoscaling:SetInstanceHealth'], [fleet]),
  power(
    'the start and the end of a server (TOM-5.1)',
    [server],
    ['autoscaling:CompleteLifecycleAction', 'autoscaling:RecordLifecycleActionHeartbeat'],
    [fleet],
  ),
  power('the metrics of the fleet, on which alarms and scaling act (TOM-3.4)', [server], ['cloudwatch:PutMetricData'], ['*']),
  power(
    'the default security group without rules (TOM-6.6)',
    rolesOf('default-security-group'),
    ['ec2:RevokeSecurityGroupEgress', 'ec2:RevokeSecurityGroupIngress'],
    [`arn:aws:ec2:<region>:${account}:security-group/\${network/Vpc.DefaultSecurityGroup}`],
  ),
  power(
    'the closed ports of the VPC (DSS-5.6.3)',
    rolesOf('open-port-guard'),
    ['ec2:RevokeSecurityGroupIngress'],
    [`arn:aws:ec2:<region>:${account}:security-group/*`],
  ),
  power(
    'the password policy of the account (TOM-3.7)',
    rolesOf('password-policy'),
    ['iam:DeleteAccountPasswordPolicy', 'iam:UpdateAccountPasswordPolicy'],
    ['*'],
  ),
  power(
    'the session document of the account (TOM-3.6)',
    rolesOf('session-document'),
    ['ssm:CreateDocument', 'ssm:DeleteDocument', 'ssm:UpdateDocument', 'ssm:UpdateDocumentDefaultVersion'],
    [`arn:aws:ssm:<region>:${account}:document/SSM-SessionManagerRunShell`],
  ),
  power(
    'the export of server sessions to the audit archive (TOM-3.6)',
    rolesOf('session-archive'),
    ['logs:CreateExportTask'],
    [`arn:aws:logs:<region>:${account}:log-group:/rempart/<deployment>/sessions:*`],
  ),
  power(
    'the session document of the deployment (TOM-3.6)',
    rolesOf('session-document'),
    ['ssm:CreateDocument', 'ssm:UpdateDocument', 'ssm:UpdateDocumentDefaultVersion'],
    [`arn:aws:ssm:<region>:${account}:document/<deployment>-shell`],
  ),
  power(
    'the claims of the deployment to the password policy and the session document, and its marker (TOM-3.7, TOM-3.6, TOM-7.3)',
    rolesOf('account-environments', 'password-policy', 'session-document'),
    ['iam:TagPolicy', 'iam:UntagPolicy'],
    [`arn:aws:iam::${account}:policy/<deployment>-boundary-<region>`],
  ),
  power(
    'the end of old passwords and access keys (TOM-3.8)',
    rolesOf('credential-hygiene'),
    ['iam:DeleteAccessKey', 'iam:DeleteLoginProfile', 'iam:UpdateAccessKey'],
    [`arn:aws:iam::${account}:user/*`],
  ),
  power('the notices to people (TOM-3.10)', rolesOf('credential-hygiene'), ['sns:Publish'], ['${account/Alarms}']),
  power('the report of credentials (TOM-3.8)', rolesOf('credential-hygiene'), ['iam:GenerateCredentialReport'], ['*']),
  power(
    'the first run of probes and upkeep (TOM-3.4)',
    rolesOf('first-datapoint'),
    ['lambda:InvokeFunction'],
    [
      'account-environments',
      'credential-hygiene',
      'database-upkeep',
      'lake-export',
      'lake-upkeep',
      'log-redaction',
      'no-shared-backups-probe',
      'open-port-guard',
      'password-policy',
      'permission-sets',
      'revocation-list',
      'session-archive',
      'session-document',
      'site-snapshot',
      'tamper-guard',
      'tunnel-watch',
    ].map(invoked),
  ),
  ...Object.keys(scheduleRoles).map((id) =>
    power('a schedule of one function', [`${id}Role`], ['lambda:InvokeFunction'], [`\${${id}Function.Arn}`]),
  ),
  power(
    'the shells of servers (TOM-3.1)',
    shellRoles,
    ['ssm:StartSession'],
    [`arn:aws:ec2:<region>:${account}:instance/*`, `arn:aws:ssm:<region>:${account}:document/<deployment>-shell`],
  ),
  power(
    'the own sessions of a person (TOM-3.1)',
    shellRoles,
    ['ssm:ResumeSession', 'ssm:TerminateSession', 'ssmmessages:OpenDataChannel'],
    [`arn:aws:ssm:<region>:${account}:session/*`],
  ),
  power(
    'the tunnels to the SSH servers (DSS-5.6.6)',
    people('client-data-team'),
    ['ec2-instance-connect:OpenTunnel'],
    [`arn:aws:ec2:<region>:${account}:instance-connect-endpoint/*`],
  ),
  power(
    'the keys for the SSH servers (DSS-5.6.6)',
    people('client-data-team'),
    ['ec2-instance-connect:SendSSHPublicKey'],
    [`arn:aws:ec2:<region>:${account}:instance/*`],
  ),
  power(
    'the server side of sessions (TOM-3.1)',
    [server],
    ['CreateControlChannel', 'CreateDataChannel', 'OpenControlChannel', 'OpenDataChannel'].map((action) => `ssmmessages:${action}`),
    ['*'],
  ),
  power(
    'the report of a server that takes sessions (TOM-3.1)',
    [server],
    ['ssm:UpdateInstanceInformation'],
    [`arn:aws:ec2:<region>:${account}:instance/*`],
  ),
  power(
    'the certificates and the revocation list of the VPN (TOM-3.2)',
    [...rolesOf('revocation-list'), ...people('it-team')],
    ['kms:Sign'],
    ['${access/VpnKey.Arn}'],
  ),
  power(
    'the revocation list of the endpoint (TOM-3.2)',
    rolesOf('revocation-list'),
    ['ec2:ExportClientVpnClientCertificateRevocationList', 'ec2:ImportClientVpnClientCertificateRevocationList'],
    [`${vpnEndpoint}\${access/ClientVpnEndpoint}`],
  ),
  power(
    'the revocation of certificates of the VPN (TOM-3.2)',
    people('it-team'),
    [
      'ec2:ExportClientVpnClientCertificateRevocationList',
      'ec2:ImportClientVpnClientCertificateRevocationList',
      'ec2:TerminateClientVpnConnections',
    ],
    [`${vpnEndpoint}*`],
  ),
  power(
    'the certificate of the VPN server (TOM-3.2)',
    people('it-team'),
    ['acm:AddTagsToCertificate', 'acm:ImportCertificate'],
    [certificates],
  ),
  power(
    'the deployment of the site (DSS-5.2)',
    people('deployer'),
    ['sts:AssumeRole'],
    [...bootstrapRoles('<region>'), ...bootstrapRoles('<copyRegion>')],
  ),
  power('the recovery in the other region (DSS-5.5.1)', people('recovery'), ['sts:AssumeRole'], bootstrapRoles('<recoveryRegion>')),
  ...(['lake-reader', 'lake-writer'] as const).map((role) =>
    power(
      'the session of one site of the lake (TOM-4.1)',
      rolesOf(...lakeFunctions[role]),
      ['sts:AssumeRole', 'sts:TagSession'],
      [`arn:aws:iam::${account}:role/<deployment>-${role}-<region>`],
    ),
  ),
  power(
    'the removal of objects of one site of the lake (DSS-4.2)',
    ['data/LakeRolesWriterRole'],
    ['s3:DeleteObject'],
    ['${data/Archive.Arn}/lake/site=$!{aws:PrincipalTag/rempart:site}/*'],
  ),
  power('the sign-in as the application (TOM-4.1)', application, ['rds-db:connect'], [throughProxy('rempart_application')]),
  power('the sign-in for maintenance (TOM-4.1)', maintenance, ['rds-db:connect'], [throughProxy('rempart_maintenance')]),
  power(
    'the sign-in of the proxy (TOM-4.2)',
    ['data/ProxyRole'],
    ['rds-db:connect'],
    [ofCluster('rempart_application'), ofCluster('rempart_maintenance')],
  ),
  power(
    'the sign-in that makes the roles of people (TOM-4.7)',
    rolesOf('staff-access'),
    ['rds-db:connect'],
    [ofCluster('rempart_admission')],
  ),
  power(
    'the sign-in as support staff and auditors (TOM-4.7)',
    rolesOf('staff-reads'),
    ['rds-db:connect'],
    [ofCluster('auditor_*'), ofCluster('support_*')],
  ),
  power('the access of people to the database (TOM-4.7)', people('it-team'), ['lambda:InvokeFunction'], [invoked('staff-access')]),
  power('the reads of people (TOM-4.7)', people('client-data-team'), ['lambda:InvokeFunction'], [invoked('staff-reads')]),
  power('the password of the master user (TOM-3.10)', direct, ['secretsmanager:GetSecretValue'], [masterSecret]),
  power(
    'the proof of the site of a transaction (TOM-4.1)',
    [...new Set([...application, ...maintenance, ...direct])].filter((role) => !entersNoSite.includes(role)),
    ['secretsmanager:GetSecretValue'],
    [contextKey],
  ),
  power(
    'the rotation of the context key (TOM-3.10)',
    rolesOf('context-key-rotation'),
    ['secretsmanager:PutSecretValue', 'secretsmanager:UpdateSecretVersionStage'],
    [contextKey],
  ),
  power('the keys of the sites (TOM-4.13)', [...rolesOf('site-admin'), server], ['secretsmanager:GetSecretValue'], [siteSecrets]),
  power(
    'the administration of the sites (TOM-4.13)',
    rolesOf('site-admin'),
    ['secretsmanager:CreateSecret', 'secretsmanager:PutSecretValue'],
    [siteSecrets],
  ),
  power(
    'the account at the certificate authority (TOM-3.10)',
    rolesOf('certificate'),
    ['secretsmanager:CreateSecret', 'secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
    [authorityAccount],
  ),
];

/** Reads that reveal a secret; they are powers. */
export const revealingReads: readonly string[] = [
  'acm:ExportCertificate',
  'ecr:GetAuthorizationToken',
  'secretsmanager:BatchGetSecretValue',
  'secretsmanager:GetSecretValue',
  'ssm:GetParameter',
  'ssm:GetParameters',
  'ssm:GetParametersByPath',
  'sts:GetFederationToken',
  'sts:GetSessionToken',
];
