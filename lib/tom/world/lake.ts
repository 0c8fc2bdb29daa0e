// The roles of the lake: the functions that assume each, and the one tag of their sessions. (TOM-4.1)
import { lakeCalls } from '../../../runtime/calls';
import { type Control, type LakeRole, lakeRoles } from '../../config/names';
import type { Declaration } from './declaration';
import { type FormLike, set } from './form';
import { functionRoles } from './identity';
import { roleFamily } from './roles';

/** The functions that assume each role. */
export const lakeFunctions: Readonly<Record<LakeRole, readonly Control[]>> = {
  'lake-reader': ['person-export'],
  'lake-writer': ['lake-export', 'lake-upkeep'],
};

/** As in `data/LakeRolesReader`. */
const idOf = (role: LakeRole): string => `data/LakeRoles${role === 'lake-reader' ? 'Reader' : 'Writer'}`;
export const lakeRoleId = (role: LakeRole): string => `${idOf(role)}Role`;

/** ARNs of the roles of the functions that assume a role. */
export const trustedBy = (role: LakeRole): readonly string[] =>
  Object.entries(functionRoles)
    .filter(([, { control }]) => lakeFunctions[role].includes(control))
    .map(([id]) => `\${${id}Role.Arn}`);

/** Key of the tag of a session; its value is the id of the site. */
export const siteTag = 'rempart:site';

/** Condition of each trust: the tag of the site, and no other tag. */
export const oneSite = {
  Null: { [`aws:RequestTag/${siteTag}`]: 'false' },
  'ForAllValues:StringEquals': { 'aws:TagKeys': [siteTag] },
};

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
    ...{ role: lakeRoleId(role), policy: `${idOf(role)}Permissions`, roleName: `<deployment>-${role}-<region>` },
    ...{ service: trusts(role), maximum: 3600, roleDescription: descriptions[role], policyDescription: `Permissions of the role ${role}` },
    ...{ calls: lakeCalls[role], classification: 'personal' },
  }),
);
