// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import { type Call, databaseCalls, lakeSessions } from '../../../runtime/calls';

export const calls: readonly Call[] = [...databaseCalls('rempart_maintenance'), lakeSessions('lake-writer')];
