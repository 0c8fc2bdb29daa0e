// Functions with their logs, dead-letter queues, triggers and schedules, and the custom resources that they provide.
import type { Declaration } from './declaration';
import { accessFunctions } from './functions-access';
import { backupFunctions } from './functions-backup';
import { collectionFunctions } from './functions-collection';
import { dataFunctions } from './functions-data';
import { edgeFunctions } from './functions-edge';

export const functionsDeclarations: readonly Declaration[] = [
  ...accessFunctions,
  ...dataFunctions,
  ...backupFunctions,
  ...collectionFunctions,
  ...edgeFunctions,
];
