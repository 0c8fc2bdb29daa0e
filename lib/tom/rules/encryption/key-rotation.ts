// TOM-5.5: AWS KMS rotates customer-managed keys.
import { type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import { keyType } from '../../template/resource-types';

/** Default rotation period of a key, in days ("AWS::KMS::Key", RotationPeriodInDays). */
const defaultPeriod = 365;

export const keyRotation: Rule = {
  name: 'key-rotation',
  requires: 'every customer-managed key rotates automatically, at least once a year',
  types: [keyType],
  check(key) {
    const findings: Finding[] = [];
    if (key.at('EnableKeyRotation') !== true) {
      findings.push(finding(key, 'rotation', 'Properties.EnableKeyRotation', 'true', 'Set enableKeyRotation: true on the key.'));
    }
    const period = key.at('RotationPeriodInDays') ?? defaultPeriod;
    if (typeof period !== 'number' || period > defaultPeriod) {
      const path = 'Properties.RotationPeriodInDays';
      findings.push(finding(key, 'period', path, `at most ${defaultPeriod} days`, 'Remove rotationPeriod, or shorten it.'));
    }
    return findings;
  },
  guards: [
    guard(keyType, 'Properties.EnableKeyRotation', remove, replace(false)),
    guard(keyType, 'Properties.RotationPeriodInDays', set(366)),
  ],
};
