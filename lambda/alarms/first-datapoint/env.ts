// Contract between construct and handler: the properties of the custom resource. The function has no environment.

/** A metric and the least value for which the deployment waits. CloudFormation passes every property as text. */
export interface FirstDatapointProperties {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly Statistic: string;
  /** The least value, as in `1`. */
  readonly AtLeast: string;
  /** A metric that counts failures, with the same namespace and dimensions, to be subtracted. Without it, none is. */
  readonly Failures?: string;
  /**
   * Name of the function that publishes the metric. The wait invokes it, and again after a run that failed. Without
   * it, the metric has another source.
   */
  readonly Invoke?: string;
}

const texts = ['Namespace', 'MetricName', 'Statistic'] as const;

/** Reads the contract from the properties of the resource. @throws Error for a missing or invalid property */
export function readProperties(from: Readonly<Record<string, unknown>>): FirstDatapointProperties {
  for (const name of texts) if (typeof from[name] !== 'string' || from[name] === '') throw invalid(name, 'a text', from[name]);
  if (!Number.isFinite(Number(from.AtLeast ?? Number.NaN))) throw invalid('AtLeast', 'a number', from.AtLeast);
  if (from.Failures !== undefined && (typeof from.Failures !== 'string' || from.Failures === ''))
    throw invalid('Failures', 'the name of a metric', from.Failures);
  if (from.Invoke !== undefined && !/^[\w-]{1,64}$/.test(String(from.Invoke)))
    throw invalid('Invoke', 'the name of a function', from.Invoke);
  if (!Array.isArray(from.Dimensions) || !from.Dimensions.every(isDimension)) {
    throw invalid('Dimensions', 'a list of names and values', from.Dimensions);
  }
  return from as unknown as FirstDatapointProperties;
}

const isDimension = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  ['Name', 'Value'].every((key) => typeof (value as Record<string, unknown>)[key] === 'string');

const invalid = (name: string, expected: string, got: unknown): Error =>
  new Error(`${name}: expected ${expected}, got ${JSON.stringify(got)}; deploy the stack again`);
