// Keys and their aliases.
import type { Declaration } from './declaration';

export const encryptionDeclarations: readonly Declaration[] = [];
