// Log groups with a fixed name: records that people read later, encrypted, and retained with the stack's deletion in
// production. (TOM-3.6, TOM-5.5)
import type { DeclarationOptions } from './declaration';
import { by, type FormLike } from './form';
import { tags } from './tags';

/** Properties of a log group with a name, encrypted with the key of the deployment. */
export const namedLog = (name: string, classification: 'internal' | 'personal'): FormLike => ({
  LogGroupName: name,
  KmsKeyId: '${account/DeploymentKey.Arn}',
  RetentionInDays: by(({ facts }) => facts.settings.audit.logRetentionDays),
  Tags: tags(classification),
});

/**
 * Production retains the log, except when the first deployment is rolled back: its name must be free for the next
 * attempt. Other environments delete it with the stack.
 */
export const namedLogRetention: Pick<DeclarationOptions, 'deletion' | 'replacement'> = {
  deletion: by(({ facts }) => (facts.environment === 'production' ? 'RetainExceptOnCreate' : 'Delete')),
  replacement: by(({ facts }) => (facts.environment === 'production' ? 'Retain' : 'Delete')),
};
