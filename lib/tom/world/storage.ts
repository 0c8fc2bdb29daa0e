// Buckets and their policies.
import type { Declaration } from './declaration';

export const storageDeclarations: readonly Declaration[] = [];
