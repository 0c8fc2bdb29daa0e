// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import { type Call, databaseCalls } from '../../../runtime/calls';

export const calls: readonly Call[] = databaseCalls('rempart_application', 'rempart_maintenance');
