// Rules about roles and the permissions boundary.
import type { Rule } from '../../rule';
import { permissionsBoundary } from './permissions-boundary';

export const identityRules: readonly Rule[] = [permissionsBoundary];
