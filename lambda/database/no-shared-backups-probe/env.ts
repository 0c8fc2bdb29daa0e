// What the function is told by its environment: the contract between handler and construct.

/** Environment of the function `no-shared-backups-probe`. */
export interface NoSharedBackupsProbeEnvironment {
  /** The deployment whose backups are looked at, as in `production`. */
  readonly DEPLOYMENT: string;
  /** The account that alone may have them, in digits. */
  readonly ACCOUNT: string;
  /** Regions in which backups lie, separated by commas. */
  readonly REGIONS: string;
  /** ARNs of the deployment's keys in the function's region, separated by commas. */
  readonly KEYS: string;
  /** CloudWatch namespace of what probes measure. */
  readonly METRIC_NAMESPACE: string;
}

const region = '[a-z]{2}(-[a-z]+)+-\\d';
const key = 'arn:[a-z-]+:kms:[a-z0-9-]+:\\d{12}:key/[\\w-]+';

const allowed: { readonly [variable in keyof NoSharedBackupsProbeEnvironment]: readonly [RegExp, string] } = {
  DEPLOYMENT: [/^[a-z][a-z0-9-]*$/, 'the name of a deployment'],
  ACCOUNT: [/^\d{12}$/, 'an account of 12 digits'],
  REGIONS: [new RegExp(`^${region}(,${region})*$`), 'regions with commas between them'],
  KEYS: [new RegExp(`^${key}(,${key})*$`), 'ARNs of keys with commas between them'],
  METRIC_NAMESPACE: [/^[\w./#:-]+$/, 'a CloudWatch namespace'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export function readEnvironment(from: Readonly<Record<string, string | undefined>>): NoSharedBackupsProbeEnvironment {
  const read = Object.entries(allowed).map(([variable, [pattern, expected]]) => {
    const value = from[variable];
    if (value === undefined || !pattern.test(value)) {
      throw new Error(`${variable}: expected ${expected}, got ${JSON.stringify(value)}; deploy the data stack again`);
    }
    return [variable, value];
  });
  return Object.fromEntries(read) as NoSharedBackupsProbeEnvironment;
}
