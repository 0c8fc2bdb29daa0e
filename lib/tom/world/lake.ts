// The roles of the lake: the functions that assume each, and the one tag of their sessions. (TOM-4.1)
import type { Control, LakeRole } from '../../config/names';
import { functionRoles } from './identity';

/** The functions that assume each role. */
export const lakeFunctions: Readonly<Record<LakeRole, readonly Control[]>> = {
  'lake-reader': ['person-export'],
  'lake-writer': ['lake-export', 'lake-upkeep'],
};

/** As in `data/LakeRolesReader`. */
export const lakeRolesId = (role: LakeRole): string => `data/LakeRoles${role === 'lake-reader' ? 'Reader' : 'Writer'}`;
export const lakeRoleId = (role: LakeRole): string => `${lakeRolesId(role)}Role`;

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
