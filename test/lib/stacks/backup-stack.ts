// The backup stack for tests: built with the whole deployment.
import { BackupStack } from '../../../lib/stacks/backup';
import { BuiltStack, builtDeployment } from './built-stack';

/** The only resource of the type whose logical id begins with `prefix`. */
export function only(type: string, prefix: string): Readonly<Record<string, unknown>> {
  const stack = new BuiltStack('example-backup', BackupStack, builtDeployment({}));
  const found = Object.entries(stack.template.findResources(type)).filter(([id]) => id.startsWith(prefix));
  const [one] = found;
  if (!one || found.length > 1) throw new Error(`${type} ${prefix}: expected one resource, got ${found.map(([id]) => id).join(', ')}`);
  return one[1].Properties as Readonly<Record<string, unknown>>;
}
