// TOM-5.5: customer-managed keys are rotated by the key service.
import { type Finding, finding, guard, type Rule, remove, replace, set } from '../../rule';

/** Days after which a key is rotated where nothing else is said ("AWS::KMS::Key", RotationPeriodInDays). */
const defaultPeriod = 365;

export const keyRotation: Rule = {
  name: 'key-rotation',
  requires: 'every customer-managed key rotates automatically, at least once a year',
  types: ['AWS::KMS::Key'],
  check(key) {
    const findings: Finding[] = [];
    if (key.at('EnableKeyRotation') !== true) {
      findings.push(finding(key, 'rotation', 'Properties.EnableKeyRotation', 'true', 'Set enableKeyRotation: true on the key.'));
    }
    const period = key.at('RotationPeriodInDays') ?? defaultPeriod;
    if (typeof period !== 'number' || period > defaultPeriod) {
      const path = 'Properties.RotationPeriodInDays';
      findings.push(finding(key, 'period', path, `at most ${defaultPeriod} days`, 'Leave out rotationPeriod, or shorten it.'));
    }
    return findings;
  },
  guards: [
    guard('AWS::KMS::Key', 'Properties.EnableKeyRotation', remove, replace(false)),
    guard('AWS::KMS::Key', 'Properties.RotationPeriodInDays', set(366)),
  ],
};
