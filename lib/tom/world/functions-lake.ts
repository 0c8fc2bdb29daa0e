// The roles that the functions of the lake assume, each with its trust and its permissions. (TOM-4.1)
import { lakeRoleCalls } from '../../../runtime/calls';
import { type LakeRole, lakeRoles } from '../../config/names';
import type { Declaration } from './declaration';
import { type FormLike, set } from './form';
import { lakeRoleId, lakeRolesId, oneSite, trustedBy } from './lake';
import { roleFamily } from './roles';

const actions = ['sts:AssumeRole', 'sts:TagSession'];

const trusts = (role: LakeRole): readonly FormLike[] =>
  [trustedBy(role)].map((roles) => ({
    Action: set(...actions),
    Condition: oneSite,
    Effect: 'Allow',
    Principal: { AWS: roles.length === 1 ? (roles[0] ?? '') : set(...roles) },
  }));

const descriptions: Readonly<Record<LakeRole, string>> = {
  'lake-reader': 'Reads the objects of one site of the lake, that of the session tag',
  'lake-writer': 'Writes, replaces and deletes the objects of one site of the lake, that of the session tag',
};

export const lakeDeclarations: readonly Declaration[] = lakeRoles.flatMap((role) =>
  roleFamily({
    ...{ role: lakeRoleId(role), policy: `${lakeRolesId(role)}Permissions`, roleName: `<deployment>-${role}-<region>` },
    ...{ service: trusts(role), maximum: 3600, roleDescription: descriptions[role], policyDescription: `Permissions of the role ${role}` },
    ...{ calls: lakeRoleCalls[role], classification: 'personal' },
  }),
);
