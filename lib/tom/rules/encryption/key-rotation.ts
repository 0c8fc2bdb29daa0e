// TOM-5.5: AWS KMS rotates customer-managed keys.
import { longestKeyDays } from '../../figures';
import { type Finding, finding, guardWhere, type Rule, remove, replace, set } from '../../rule';
import type { Resource } from '../../template/assembly';
import { keyType } from '../../template/resource-types';

export const keyRotation: Rule = {
  name: 'key-rotation',
  requires: 'every customer-managed key that encrypts rotates automatically, at least once a year',
  types: [keyType],
  check(key) {
    if (signs(key)) return 'not-applicable';
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
    guardWhere(keyType, encrypts, 'Properties.EnableKeyRotation', remove, replace(false)),
    guardWhere(keyType, encrypts, 'Properties.RotationPeriodInDays', set(366)),
  ],
  reads: ['KeySpec', 'KeyUsage'].map((name) => ({ type: keyType, path: `Properties.${name}` })),
};

/** AWS KMS rotates no asymmetric key ("Rotate AWS KMS keys"); one that signs encrypts nothing. */
function signs(key: Resource): boolean {
  return key.at('KeyUsage') === 'SIGN_VERIFY' && /^(?:RSA|ECC)_/.test(String(key.at('KeySpec')));
}

function encrypts(key: Resource): boolean {
  return !signs(key);
}
