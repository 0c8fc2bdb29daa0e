// The fleet of collectors.
import type { Declaration } from './declaration';

export const collectionDeclarations: readonly Declaration[] = [];
