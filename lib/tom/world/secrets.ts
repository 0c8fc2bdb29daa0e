// Secrets that the deployment neither generates nor rotates, and dynamic references. Both lists are closed: every
// other secret is generated in Secrets Manager and rotated, and is read by its name at run time. (TOM-3.10)
import { type Control, controls } from '../../config/names';
import type { Assembly } from '../template/assembly';
import { functionType } from '../template/resource-types';

/** A secret that somebody outside decides. Each is an exception that a reviewer sees. */
export interface OutsideSecret {
  /** Name of the resource that is the secret, or that has it, as in `access/ManagementVpnConnection`. */
  readonly name: string;
  readonly kind: 'tunnel key' | 'host key' | 'outside service';
  /** Why the deployment cannot generate or rotate it. */
  readonly reason: string;
  /** Age, in days, from which the probe raises an alarm. */
  readonly longestAgeDays: number;
  /** Function that measures the age. */
  readonly probe: Control;
}

export const outsideSecrets: readonly OutsideSecret[] = [
  {
    ...{ name: 'access/ManagementVpnConnection', kind: 'tunnel key', longestAgeDays: 330, probe: 'tunnel-watch' },
    reason:
      'Site-to-Site VPN generates the pre-shared keys in a secret of its own, and has no rotation: the device at the other end takes ' +
      'a new key at the same time, by hand.',
  },
];

/** Oldest age that an entry may admit, in days. A pre-shared key of a tunnel is replaced once a year. */
const oldestAgeDays = 365;

/** Shortest reason that explains anything. */
const shortestReason = 20;

/** Errors of an entry; a complete entry has none. */
export function outsideSecretProblems({ name, reason, longestAgeDays, probe }: OutsideSecret): readonly string[] {
  return [
    ...(/^[a-z]+\/[A-Za-z0-9]+$/.test(name) ? [] : [`${name}: expected the name of a resource, as in access/TunnelKey`]),
    ...(reason.trim().length >= shortestReason
      ? []
      : [`${name}: expected a reason of ${shortestReason} characters or more, got "${reason}"`]),
    ...(Number.isInteger(longestAgeDays) && longestAgeDays >= 1 && longestAgeDays <= oldestAgeDays
      ? []
      : [`${name}: expected an age of 1 to ${oldestAgeDays} days, got ${longestAgeDays}`]),
    ...(controls.includes(probe) ? [] : [`${name}: expected a probe that is a control of lib/config/names.ts, got ${probe}`]),
  ];
}

/** The complete entry of a secret; `undefined` if the list has none. */
export const outsideSecret = (name: string, list: readonly OutsideSecret[] = outsideSecrets): OutsideSecret | undefined =>
  list.find((secret) => secret.name === name && outsideSecretProblems(secret).length === 0);

/** Whether the function that measures the age of a listed secret is in the assembly. */
export function isProbed({ probe }: OutsideSecret, assembly: Assembly): boolean {
  const name = `${assembly.facts.deployment}-${probe}`;
  return assembly.ofType(functionType).some((lambda) => lambda.at('FunctionName') === name);
}

/** A place where CloudFormation may resolve a value of Secrets Manager or Systems Manager. */
export interface DynamicReference {
  /** Name of the resource, and path of the property, as in `Properties.MasterUserPassword`. */
  readonly resource: string;
  readonly path: string;
  /** The whole text, as in `{{resolve:secretsmanager:...}}`. */
  readonly text: string;
  readonly reason: string;
}

export const dynamicReferences: readonly DynamicReference[] = [];

/**
 * Whether the list has a dynamic reference at this place. Never one in a variable or in user data, which can be read.
 */
export const isListedReference = (
  resource: string,
  path: string,
  text: string,
  list: readonly DynamicReference[] = dynamicReferences,
): boolean =>
  !/Environment|UserData|Metadata/.test(path) &&
  list.some((listed) => listed.resource === resource && listed.path === path && listed.text === text);
