// The uses of each role: the policy that names it, and the one resource that works with it.
import { lakeRoles, peopleRoles } from '../../config/names';
import type { DeploymentFacts } from '../template/assembly';
import { hasCopies } from '../template/copies';
import { functionRoles, lambdaName, scheduleRoles } from './identity';
import { lakeFunctions, lakeRoleId } from './lake';
import { hasRole, peopleRoleId } from './people-roles';

type Uses = Readonly<Record<string, readonly string[]>>;

const policyOf = (policy: string): string => `${policy} Roles.0`;

const others: Uses = {
  'account/AuditTrailLogRole': [policyOf('account/AuditTrailLogPolicy'), 'account/AuditTrail CloudWatchLogsRoleArn'],
  'backup/BackupRole': [
    policyOf('backup/BackupRolePermissions'),
    ...['Buckets', 'Databases'].map((stores) => `backup/Plan${stores}Selection BackupSelection.IamRoleArn`),
  ],
  'backup/RestoreTestsRole': [policyOf('backup/RestoreTestsPermissions'), 'backup/RestoreTestsDatabase IamRoleArn'],
  'collection/CollectorsRole': [policyOf('collection/CollectorsRolePermissions'), 'collection/CollectorsServerTemplateProfile Roles.0'],
  'collection/HitArchiveRole': [
    policyOf('collection/HitArchivePermissions'),
    'collection/HitArchiveHourlyDelivery ExtendedS3DestinationConfiguration.RoleARN',
    'collection/HitArchiveHourlyDelivery KinesisStreamSourceConfiguration.RoleARN',
  ],
  'data/LakeRolesReaderRole': [policyOf('data/LakeRolesReaderPermissions')],
  'data/LakeRolesWriterRole': [policyOf('data/LakeRolesWriterPermissions')],
  'data/ProxyRole': [policyOf('data/ProxySignIn'), 'data/Proxy RoleArn'],
};

/** The role that replicates the archive, at a site with copies. */
const replication: Uses = {
  'data/ArchiveReplicationRole': [policyOf('data/ArchiveReplicationPermissions'), 'data/Archive ReplicationConfiguration.Role'],
};

/** Denials that except the role of a function. */
const exceptions: Uses = {
  'account/EdgeLogRedactionFunction': [
    'account/EdgeLogLandingPolicy PolicyDocument.Statement.5.Condition.ArnNotEquals.aws:PrincipalArn',
    'account/EdgeLogsPolicy PolicyDocument.Statement.4.Condition.ArnNotEquals.aws:PrincipalArn',
  ],
  'access/RevocationListFunction': ['access/VpnKey KeyPolicy.Statement.3.Condition.ArnNotLike.aws:PrincipalArn.1'],
};

/** Trusts of the roles of the lake, in the order of the functions. (TOM-4.1) */
const lakeTrusts: Uses = Object.fromEntries(
  Object.entries(functionRoles).flatMap(([id, { control }]) =>
    lakeRoles.flatMap((role) => {
      const index = lakeFunctions[role].indexOf(control);
      const place = lakeFunctions[role].length === 1 ? 'AWS' : `AWS.${index}`;
      return index < 0 ? [] : [[id, [`${lakeRoleId(role)} AssumeRolePolicyDocument.Statement.0.Principal.${place}`]] as const];
    }),
  ),
);

/** Uses by role: the name of the resource that names the role, and the path below its properties. */
export function roleUses(facts: DeploymentFacts): Uses {
  const functions = Object.entries(functionRoles)
    .filter(([, { when }]) => when?.(facts) ?? true)
    .map(
      ([id]) =>
        [
          `${id}Role`,
          [policyOf(`${id}Permissions`), `${lambdaName(id)} Role`, ...(exceptions[id] ?? []), ...(lakeTrusts[id] ?? [])],
        ] as const,
    );
  const schedules = Object.entries(scheduleRoles)
    .filter(([, { when }]) => when?.(facts) ?? true)
    .map(([id]) => [`${id}Role`, [policyOf(`${id}Permissions`), `${id}Schedule Target.RoleArn`]] as const);
  // People assume these roles; no resource of the deployment works with them.
  const people = peopleRoles
    .filter((role) => hasRole(role, facts))
    .map((role) => [`${peopleRoleId(role)}Role`, [policyOf(`${peopleRoleId(role)}Permissions`)]] as const);
  const replicates = hasCopies(facts) ? replication : {};
  return { ...others, ...replicates, ...Object.fromEntries([...functions, ...schedules, ...people]) };
}
