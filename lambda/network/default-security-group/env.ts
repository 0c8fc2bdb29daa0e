// Environment contract between construct and handler.
import { type Forms, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `default-security-group`. */
export interface DefaultSecurityGroupEnvironment {
  /** Id of the security group to empty, as in sg-0123456789abcdef0. */
  readonly SECURITY_GROUP_ID: string;
}

const forms: Forms<DefaultSecurityGroupEnvironment> = { SECURITY_GROUP_ID: [/^sg-[0-9a-f]+$/, 'a security group id'] };

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): DefaultSecurityGroupEnvironment =>
  readVariables(from, forms, 'deploy the network stack again');
