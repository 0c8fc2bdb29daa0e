// Honest changes of every kind.
import { capacityChanges } from './capacity';
import type { HonestChange } from './honest';
import { notationChanges } from './notation';
import { resourceChanges } from './resources';
import { textChanges } from './texts';

export const honestChanges: readonly HonestChange[] = [...textChanges, ...capacityChanges, ...notationChanges, ...resourceChanges];
