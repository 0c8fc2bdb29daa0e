// Rules about keys.
import type { Rule } from '../../rule';
import { keyGrants } from './key-grants';
import { keyRotation } from './key-rotation';

export const encryptionRules: readonly Rule[] = [keyGrants, keyRotation];
