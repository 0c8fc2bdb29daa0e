// TOM-5.5: AWS KMS rotates customer-managed keys.
import { longestKeyDays } from '../../figures';
import { type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';
import { keyType } from '../../template/resource-types';

export const keyRotation: Rule = {
  name: 'key-rotation',
  requires: 'every customer-managed key rotates automatically, at least once a year',
  types: [keyType],
  check(key) {
    const findings: Finding[] = [];
    if (key.at('EnableKeyRotation') !== true) {
      findings.push(finding(key, 'rotation', 'Properties.EnableKeyRotation', 'true', 'Set enableKeyRotation: true on the key.'));
    }
    const period = key.at('RotationPeriodInDays') ?? longestKeyDays;
    if (typeof period !== 'number' || period > longestKeyDays) {
      const path = 'Properties.RotationPeriodInDays';
      findings.push(finding(key, 'period', path, `at most ${longestKeyDays} days`, 'Remove rotationPeriod, or shorten it.'));
    }
    return findings;
  },
  guards: [
    guard(keyType, 'Properties.EnableKeyRotation', remove, replace(false)),
    guard(keyType, 'Properties.RotationPeriodInDays', set(366)),
  ],
};
