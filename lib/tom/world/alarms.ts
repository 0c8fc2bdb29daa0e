// Alarms and metric filters.
import type { Declaration } from './declaration';

export const alarmsDeclarations: readonly Declaration[] = [];
