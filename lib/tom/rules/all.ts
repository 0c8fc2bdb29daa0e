// Every rule of the TOM pack, by concern. A rule belongs to the concern of the construct whose change violates it.
// With several such concerns it belongs to `deployment`.
import type { Rule } from '../rule';
import { accessRules } from './access';
import { auditRules } from './audit';
import { backupRules } from './backup';
import { collectionRules } from './collection';
import { databaseRules } from './database';
import { deploymentRules } from './deployment';
import { edgeRules } from './edge';
import { encryptionRules } from './encryption';
import { identityRules } from './identity';
import { ingestRules } from './ingest';
import { lakeRules } from './lake';
import { networkRules } from './network';
import { storageRules } from './storage';

/** The rules of each concern, by the name of their folder. */
export const rulesByConcern: Readonly<Record<string, readonly Rule[]>> = {
  deployment: deploymentRules,
  identity: identityRules,
  access: accessRules,
  encryption: encryptionRules,
  audit: auditRules,
  network: networkRules,
  edge: edgeRules,
  database: databaseRules,
  collection: collectionRules,
  ingest: ingestRules,
  lake: lakeRules,
  storage: storageRules,
  backup: backupRules,
};

export const rules: readonly Rule[] = Object.values(rulesByConcern).flat();

/** Path of the file of a rule, from the root of the repository. */
export function ruleFile(rule: Rule): string {
  const [concern] = Object.entries(rulesByConcern).find(([, ofConcern]) => ofConcern.includes(rule)) ?? [];
  if (concern === undefined)
    throw new Error(`rule ${rule.name}: expected a rule listed in lib/tom/rules/all.ts, got another; add it to the index of its concern`);
  return `lib/tom/rules/${concern}/${rule.name}.ts`;
}
