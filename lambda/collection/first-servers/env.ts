// What the function is told by its environment: the contract between handler and construct.

/** Environment of the function `first-servers`. */
export interface FirstServersEnvironment {
  /** ARN of the target group by which the load balancer checks the servers. */
  readonly TARGET_GROUP: string;
  /** Servers that must be healthy at once, as in `2`. */
  readonly SERVERS: string;
}

const allowed: { readonly [variable in keyof FirstServersEnvironment]: readonly [RegExp, string] } = {
  TARGET_GROUP: [
    /^arn:aws:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[A-Za-z0-9-]{1,32}\/[0-9a-f]+$/,
    'the ARN of a target group',
  ],
  SERVERS: [/^[1-9]\d{0,2}$/, 'a number of servers from 1 to 999'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): FirstServersEnvironment {
  const read = Object.entries(allowed).map(([variable, [pattern, expected]]) => {
    const value = from[variable];
    if (value === undefined || !pattern.test(value)) {
      throw new Error(`${variable}: expected ${expected}, got ${JSON.stringify(value)}; deploy the collection stack again`);
    }
    return [variable, value];
  });
  return Object.fromEntries(read) as FirstServersEnvironment;
}
