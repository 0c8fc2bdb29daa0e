// The backup and recovery stacks for tests: built with the whole deployment, their references filled in.
import { BackupStack } from '../../../lib/stacks/backup';
import { RecoveryStack } from '../../../lib/stacks/recovery';
import { type Choice, concrete } from './account-stack';
import { BuiltStack, builtDeployment } from './built-stack';

/** The backup stack of that choice. */
export const backupStack = (choice: Choice = {}): BuiltStack<BackupStack> =>
  new BuiltStack('example-backup', BackupStack, builtDeployment(choice));

/** The stack that receives the copies of that choice. */
export const recoveryStack = (choice: Choice = {}): BuiltStack<RecoveryStack> =>
  new BuiltStack('example-recovery', RecoveryStack, builtDeployment(choice));

export type Properties = Record<string, unknown>;

/** The properties of the only resource of a type whose logical id begins with `prefix`. */
export function only({ template }: BuiltStack<BackupStack | RecoveryStack>, type: string, prefix = ''): Properties {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(prefix));
  const [one] = found;
  if (!one || found.length > 1) throw new Error(`${type} ${prefix}: expected one resource, got ${found.map(([id]) => id).join(', ')}`);
  return concrete((one[1] as { Properties: unknown }).Properties) as Properties;
}
