// What the function is told by its environment: the contract between handler and construct.

/** Environment of the function `server-replacement`. */
export interface ServerReplacementEnvironment {
  /** Name of the auto scaling group whose servers it replaces. */
  readonly GROUP: string;
  /** CloudWatch namespace that servers report their arrays under. */
  readonly NAMESPACE: string;
  /** Metric that is 1 where an array lacks a disk; its dimensions are AutoScalingGroupName and InstanceId. */
  readonly METRIC: string;
}

const allowed: { readonly [variable in keyof ServerReplacementEnvironment]: readonly [RegExp, string] } = {
  GROUP: [/^[\w-]{1,255}$/, 'the name of an auto scaling group'],
  NAMESPACE: [/^[\w./#:-]{1,255}$/, 'a namespace of metrics'],
  METRIC: [/^[A-Za-z]\w{0,254}$/, 'the name of a metric'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): ServerReplacementEnvironment {
  const read = Object.entries(allowed).map(([variable, [pattern, expected]]) => {
    const value = from[variable];
    if (value === undefined || !pattern.test(value)) {
      throw new Error(`${variable}: expected ${expected}, got ${JSON.stringify(value)}; deploy the collection stack again`);
    }
    return [variable, value];
  });
  return Object.fromEntries(read) as ServerReplacementEnvironment;
}
