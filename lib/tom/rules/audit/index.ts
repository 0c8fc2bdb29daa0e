// Rules about the audit trail and its archive.
import type { Rule } from '../../rule';
import { auditArchive } from './audit-archive';
import { auditTrail } from './audit-trail';

export const auditRules: readonly Rule[] = [auditArchive, auditTrail];
