// Flows of the backup stack.
import { connects, databasePort, type Flow } from './flow';

export const backupFlows: readonly Flow[] = [
  // A restored cluster is none of the templates; the selection has its subnets and its security group.
  connects('backup/RestoreValidationReaderFunction', 'backup/RestoreTestsDatabase', databasePort, 'reads of restored databases'),
];
