// Rules about roles, their permissions and the permissions boundary.
import type { Rule } from '../../rule';
import { dataAccess } from './data-access';
import { permissionsBoundary } from './permissions-boundary';
import { powers } from './powers';
import { roleUsers } from './role-users';

export const identityRules: readonly Rule[] = [dataAccess, permissionsBoundary, powers, roleUsers];
