// What the function is told by its environment: the contract between handler and construct.

/** Environment of the function `default-security-group`. */
export interface DefaultSecurityGroupEnvironment {
  /** Id of the security group to empty, as in sg-0123456789abcdef0. */
  readonly SECURITY_GROUP_ID: string;
}

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): DefaultSecurityGroupEnvironment {
  const id = from.SECURITY_GROUP_ID;
  if (!id || !/^sg-[0-9a-f]+$/.test(id)) {
    throw new Error(`SECURITY_GROUP_ID: expected a security group id, got ${JSON.stringify(id)}; deploy the network stack again`);
  }
  return { SECURITY_GROUP_ID: id };
}
