// Calls contract between construct and handler: the AWS calls of the function, each with its resource.
import { type Call, directSignIns } from '../../../runtime/calls';

// STS verifies a request that the caller signed: no call of the function.
export const calls: readonly Call[] = [directSignIns('rempart_admission')];
