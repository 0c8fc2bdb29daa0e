// Rules about roles, their permissions and the permissions boundary.
import type { Rule } from '../../rule';
import { permissionsBoundary } from './permissions-boundary';
import { powers } from './powers';
import { roleUsers } from './role-users';

export const identityRules: readonly Rule[] = [permissionsBoundary, powers, roleUsers];
