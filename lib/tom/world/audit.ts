// The audit trail, the audit archive and the topic of alarms.
import type { Declaration } from './declaration';

export const auditDeclarations: readonly Declaration[] = [];
