// The contracts of calls, judged without templates: their actions are plain, declared powers have a holder, and no
// contract declares a power that no role holds.
import { controls } from '../../../../lib/config/names';
import { configurationReads } from '../../../../lib/config/people-reads';
import { settingsSchema } from '../../../../lib/config/settings/settings';
import { matchesPattern } from '../../../../lib/tom/template/policies';
import { declarations } from '../../../../lib/tom/world/all';
import { accesses, dataActions, descriptions } from '../../../../lib/tom/world/data-access';
import { declaredResources } from '../../../../lib/tom/world/declaration';
import { functionRoles } from '../../../../lib/tom/world/identity';
import { powers } from '../../../../lib/tom/world/powers';
import { roleUses } from '../../../../lib/tom/world/role-users';
import { unheldPowers } from '../../../../lib/tom/world/unheld-powers';
import { roleCalls } from '../../../../tools/rehearse/role-calls';
import { facts } from '../rules/example';

const all = Object.values(roleCalls()).flat();

/** A deployment that has every role: those of people need facts from outside. */
const everyRole = {
  ...facts,
  environment: 'staging' as const,
  settings: settingsSchema.parse({
    ...{ environment: 'staging', owner: 'platform-team' },
    access: {
      managementNetworks: [{ name: 'manager', cidr: '192.168.40.0/24' }],
      officeAddresses: ['192.0.2.0/24'],
      vpnCertificate: { home: '11111111-2222-4333-8444-555555555555' },
      managementGateway: { home: '8.8.4.4' },
      auditor: { account: '444455556666', externalId: 'audit-2026-0123456789' },
      deployer: { repository: 'example/rempart' },
      signIn: 'identity-center',
    },
  }),
};
const declared = [...new Set(all.filter(({ effect }) => effect !== 'Deny').flatMap(({ actions }) => actions))].sort();

test('each control has one role', () => {
  expect(
    Object.values(functionRoles)
      .map(({ control }) => control)
      .sort(),
  ).toEqual([...controls].sort());
});

test.each(declared)('%s is one action: it describes, handles data, or has a holder in the table of powers', (action) => {
  expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z]+$/);
  const tables = [descriptions, dataActions, [...new Set(powers.flatMap(({ actions }) => actions))]];
  expect(tables.filter((actions) => actions.includes(action))).toHaveLength(1);
  // Only AWS Backup has these, on what it names itself.
  const holding = powers.filter(({ actions }) => actions.includes(action));
  const isItsOwn =
    holding.length > 0 &&
    holding.every(({ resources }) =>
      resources.every((resource) => /AwsBackupManagedRule\*$|:cluster-snapshot:awsbackup:\*$/.test(resource)),
    );
  expect(unheldPowers.filter((unheld) => matchesPattern(action, unheld))).toEqual(
    isItsOwn && unheldPowers.includes(action) ? [action] : [],
  );
});

/** Uses of data as text, so that the contracts and the table can be compared as sets. */
const use = (role: string, action: string, resource: string, service: string | undefined): string =>
  `${role}: ${action} on ${resource}${service === undefined ? '' : ` through ${service}`}`;

test('the contracts use data as the table of accesses states it, nothing more and nothing less', () => {
  const contracted = Object.entries(roleCalls()).flatMap(([role, calls]) =>
    calls
      .filter(({ effect }) => effect !== 'Deny')
      .flatMap(({ actions, resources, conditions }) => {
        const via = conditions?.StringEquals?.['kms:ViaService'];
        const service = via === undefined ? undefined : String(via).replace(/(?:\.<region>)?\.amazonaws\.com$/, '');
        const used = actions.filter((action) => dataActions.includes(action));
        return used.flatMap((action) => resources.map((resource) => use(role, action, resource, service)));
      }),
  );
  const stated = accesses.flatMap(({ holders, actions, resources, through }) =>
    holders.flatMap((role) => actions.flatMap((action) => resources.map((resource) => use(role, action, resource, through)))),
  );
  expect([...new Set(contracted)].sort()).toEqual([...new Set(stated)].sort());
});

/** Resources of contracts with a wildcard, each with the part of its name that AWS, an object or a site decides. */
const wildcards: Readonly<Record<string, string>> = {
  '*': 'the actions of the list below',
  'arn:aws:ec2:<region>:${AWS::AccountId}:client-vpn-endpoint/*': 'the id of the endpoint, limited by tags',
  'arn:aws:ec2:<region>:${AWS::AccountId}:instance/*': 'the ids of servers, limited by tags',
  'arn:aws:ec2:<region>:${AWS::AccountId}:instance-connect-endpoint/*': 'the id of the endpoint, limited by tags',
  'arn:aws:ec2:<region>:${AWS::AccountId}:security-group/*': 'the ids of security groups, limited to those of the VPC',
  'arn:aws:ec2:<region>:*:prefix-list/*': 'the ids of prefix lists, some of which belong to AWS',
  'arn:aws:iam::${AWS::AccountId}:policy/*-boundary-*': 'the boundaries of the deployments of the account',
  'arn:aws:iam::${AWS::AccountId}:role/aws-reserved/sso.amazonaws.com/*': 'the names of roles of IAM Identity Center, which are read',
  'arn:aws:iam::${AWS::AccountId}:user/*': 'the people of the account',
  'arn:aws:logs:<region>:${AWS::AccountId}:log-group:/rempart/<deployment>/sessions:*': 'the streams of the log group',
  'arn:aws:logs:<region>:${AWS::AccountId}:log-group:/rempart/<deployment>/trail:*': 'the streams of the log group',
  'arn:aws:ssm:<region>:${AWS::AccountId}:session/*': 'the ids of sessions, limited by their tag and by tokens',
  'arn:aws:acm:<region>:${AWS::AccountId}:certificate/*': 'the ids of certificates, limited by tags',
  'arn:aws:autoscaling:<region>:${AWS::AccountId}:autoScalingGroup:*:autoScalingGroupName/<deployment>-collectors': 'the id of the group',
  'arn:aws:route53:::change/*': 'the ids of changes',
  'arn:aws:rds:<region>:${AWS::AccountId}:cluster:<deployment>-data-????????': 'the name of a restored cluster',
  'arn:aws:rds:<region>:${AWS::AccountId}:cluster-snapshot:awsbackup:*': 'the snapshots of AWS Backup',
  'arn:aws:rds:<copyRegion>:${AWS::AccountId}:cluster-snapshot:awsbackup:*': 'their copies',
  'arn:aws:backup:*:${AWS::AccountId}:backup-vault:*': 'the vaults of the account, which are read',
  'arn:aws:kms:*:${AWS::AccountId}:key/*': 'the ids of the keys of vaults, limited by a tag, which are read',
  'arn:aws:backup:<region>:${AWS::AccountId}:recovery-point:*': 'the ids of recovery points',
  'arn:aws:backup:<copyRegion>:${AWS::AccountId}:recovery-point:*': 'the ids of their copies',
  'arn:aws:kms:<copyRegion>:${AWS::AccountId}:key/*': 'the id of the key of the copies, limited by its alias',
  'arn:aws:events:<region>:${AWS::AccountId}:rule/AwsBackupManagedRule*': 'the rules of AWS Backup',
  'arn:aws:s3:::<deployment>-uploads-${AWS::AccountId}-<region>/*': 'the names of objects',
  'arn:aws:s3:::<deployment>-settings-${AWS::AccountId}-<region>/*': 'the names of objects',
  'arn:aws:s3:::<deployment>-vpn-registry-${AWS::AccountId}-<region>/*': 'the names of objects',
  'arn:aws:s3:::<deployment>-archive-${AWS::AccountId}-<region>/hits/*': 'the names of objects',
  'arn:aws:s3:::<deployment>-archive-${AWS::AccountId}-<region>/hits-errors/*': 'the names of objects',
  'arn:aws:s3:::<deployment>-archive-${AWS::AccountId}-<region>/lake/*': 'the names of objects, which S3 replicates',
  ...Object.fromEntries(
    ['hits', 'hits-errors', 'lake'].map((folder) => [
      `arn:aws:s3:::<deployment>-replica-\${AWS::AccountId}-<copyRegion>/${folder}/*`,
      'the names of objects',
    ]),
  ),
  'arn:aws:s3:::<deployment>-dead-letters-${AWS::AccountId}-<region>/*': 'the names of objects',
  '${data/Archive.Arn}/exports/*': 'the names of objects',
  '${data/Archive.Arn}/lake/site=$!{aws:PrincipalTag/rempart:site}/*': 'the names of objects of the one site of a session',
  '${account/AuditArchive.Arn}/sessions/*/aws-logs-write-test': 'the days of exports',
  '${account/AuditArchive.Arn}/sessions/completed/*': 'the days of exports',
  '${account/EdgeLogLanding.Arn}/*': 'the names of objects',
  '${account/EdgeLogs.Arn}/pseudonymous/*': 'the names of objects',
  '${account/EdgeLogs.Arn}/whole/*': 'the names of objects',
  'arn:aws:secretsmanager:<region>:${AWS::AccountId}:secret:<deployment>/certificate-account-*': 'the suffix of the secret',
  'arn:aws:secretsmanager:<region>:${AWS::AccountId}:secret:<deployment>/sites/*': 'the sites',
  'arn:aws:secretsmanager:<region>:${AWS::AccountId}:secret:s2svpn!*': 'the name of a secret of Site-to-Site VPN, read without its value',
  'arn:aws:rds-db:<region>:${AWS::AccountId}:dbuser:${data/DatabaseCluster.DBClusterResourceId}/auditor_*': 'the names of people',
  'arn:aws:rds-db:<region>:${AWS::AccountId}:dbuser:${data/DatabaseCluster.DBClusterResourceId}/support_*': 'the names of people',
  'arn:aws:rds-db:<region>:${AWS::AccountId}:dbuser:*/rempart_validation': 'the id of a restored cluster, whose role calls one function',
  'arn:aws:rds:<region>:${AWS::AccountId}:cluster:awsbackup-restore-test-*': 'the names of restored clusters',
  'arn:aws:rds:<region>:${AWS::AccountId}:db:awsbackup-restore-test-*': 'the names of instances of restored clusters',
  'arn:aws:rds:<region>:${AWS::AccountId}:cluster-pg:default.*': 'the version of a snapshot',
  'arn:aws:rds:<region>:${AWS::AccountId}:og:default:*': 'the version of a snapshot',
  'arn:aws:lambda:<region>:${AWS::AccountId}:function:*': 'the denial to the code of every function',
};

const resources = [...new Set(all.flatMap((call) => call.resources))].sort();

test('a resource with a wildcard is one of the list', () => {
  expect(resources.filter((resource) => /[*?]/.test(resource)).filter((resource) => !Object.hasOwn(wildcards, resource))).toEqual([]);
  const conditions = JSON.stringify(all.map((call) => call.conditions ?? {}));
  expect(Object.keys(wildcards).filter((text) => !resources.includes(text) && !conditions.includes(text))).toEqual([]);
});

const declaredNames = declaredResources(declarations, everyRole);

/** Values that only the construct has. */
const values = ['<bootObjects>', '<certificate>', '<deploymentRoles>'];

test.each(resources.filter((resource) => !/[*?]/.test(resource)))('%s is one resource of the deployment', (resource) => {
  const references = [...resource.matchAll(/\$\{([^}.]+)[^}]*\}/g)].map(([, name = '']) => name);
  expect(references.filter((name) => name !== 'AWS::AccountId' && !declaredNames.has(name))).toEqual([]);
  const isOwn = references.length > 0 || values.includes(resource) || resource === 'arn:aws:route53:::hostedzone/<hostedZone>';
  expect(isOwn).toBe(true);
});

test('every power of the table is declared by a contract, and every holder is a role with a user', () => {
  expect(powers.flatMap(({ actions }) => actions).filter((action) => !declared.includes(action))).toEqual([]);
  const roles = Object.keys(roleUses(everyRole));
  expect(powers.flatMap(({ holders }) => holders).filter((holder) => !roles.includes(holder))).toEqual([]);
});

/** Actions that do not support resource-level permissions, or act on interfaces whose ids AWS generates. */
const everywhere = [
  'acm:ListCertificates',
  'autoscaling:DescribeAutoScalingGroups',
  'backup:DescribeRestoreJob',
  'backup:ListBackupJobs',
  'backup:ListBackupVaults',
  'backup:ListCopyJobs',
  'backup:ListRestoreJobs',
  'backup:PutRestoreValidationResult',
  'cloudwatch:GetMetricData',
  'cloudwatch:PutMetricData',
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeFlowLogs',
  'ec2:DescribeImageAttribute',
  'ec2:DescribeImages',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSecurityGroupRules',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeSnapshotAttribute',
  'ec2:DescribeSnapshots',
  'ec2:DescribeSubnets',
  'ec2:DescribeVpcs',
  'ec2:DescribeVpnConnections',
  'ec2:UnassignPrivateIpAddresses',
  'elasticloadbalancing:DescribeTargetHealth',
  'events:ListRules',
  'iam:DeleteAccountPasswordPolicy',
  'iam:GenerateCredentialReport',
  'iam:GetAccountPasswordPolicy',
  'iam:GetAccountSummary',
  'iam:GetCredentialReport',
  'iam:ListPolicies',
  'iam:ListRoles',
  'iam:ListUsers',
  'iam:UpdateAccountPasswordPolicy',
  'logs:DescribeExportTasks',
  'logs:DescribeLogGroups',
  'rds:DescribeDBClusterSnapshotAttributes',
  'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeDBSnapshotAttributes',
  'rds:DescribeDBSnapshots',
  's3:ListAllMyBuckets',
  'ssmmessages:CreateControlChannel',
  'ssmmessages:CreateDataChannel',
  'ssmmessages:OpenControlChannel',
  'ssmmessages:OpenDataChannel',
  'tag:GetResources',
];

test('no other call is on every resource', () => {
  const wide = Object.entries(roleCalls())
    .filter(([role]) => !isOfPeople(role))
    .flatMap(([, calls]) => calls.filter(({ resources: on }) => on.includes('*')).flatMap(({ actions }) => actions));
  expect([...new Set(wide)].sort()).toEqual(everywhere);
});

const isOfPeople = (role: string): boolean => role.startsWith('access/People');

test('people read configuration on every resource, and are denied every action elsewhere', () => {
  const wide = Object.entries(roleCalls())
    .filter(([role]) => isOfPeople(role))
    .flatMap(([, calls]) => calls.filter(({ resources: on }) => on.includes('*')));
  const allowed = wide.filter(({ effect }) => effect !== 'Deny').flatMap(({ actions }) => actions);
  const further = ['backup:ListRecoveryPointsByBackupVault', 'ec2:DescribeInstanceConnectEndpoints'];
  expect(new Set(allowed)).toEqual(new Set([...configurationReads, ...further]));
  expect(wide.filter(({ effect }) => effect === 'Deny').every(({ actions }) => actions.join() === '*')).toBe(true);
});
