// The database, its proxy, its secrets and its logs.
import type { Declaration } from './declaration';

export const databaseDeclarations: readonly Declaration[] = [];
