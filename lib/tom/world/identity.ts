// Roles, their permissions, and the permissions boundary.
import type { Declaration } from './declaration';

export const identityDeclarations: readonly Declaration[] = [];
