// Rules about keys.
import type { Rule } from '../../rule';
import { keyRotation } from './key-rotation';

export const encryptionRules: readonly Rule[] = [keyRotation];
