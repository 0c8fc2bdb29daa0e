// Functions with their logs, dead-letter queues, triggers and schedules, and the custom resources that they provide.
import type { Declaration } from './declaration';

export const functionsDeclarations: readonly Declaration[] = [];
