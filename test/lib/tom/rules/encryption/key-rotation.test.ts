import { keyRotation } from '../../../../../lib/tom/rules/encryption/key-rotation';
import { answers, resource } from '../example';

const says = (properties: Record<string, string | number | boolean>) =>
  answers(keyRotation, { Key: resource('AWS::KMS::Key', properties) }).Key;

test('a key that rotates every year complies', () => {
  expect(says({ EnableKeyRotation: true })).toBe('compliant');
  expect(says({ EnableKeyRotation: true, RotationPeriodInDays: 90 })).toBe('compliant');
});

test.each([
  ['does not rotate', { EnableKeyRotation: false }, ['rotation']],
  ['says nothing', {}, ['rotation']],
  ['says so in text', { EnableKeyRotation: 'true' }, ['rotation']],
  ['rotates later', { EnableKeyRotation: true, RotationPeriodInDays: 366 }, ['period']],
  ['has a period in text', { EnableKeyRotation: true, RotationPeriodInDays: '90' }, ['period']],
])('a key that %s does not', (_, properties, ids) => {
  expect(says(properties)).toEqual(ids);
});

test('a key that signs does not rotate, and one that encrypts is no key that signs', () => {
  expect(says({ KeyUsage: 'SIGN_VERIFY', KeySpec: 'RSA_2048' })).toBe('not-applicable');
  expect(says({ KeyUsage: 'SIGN_VERIFY' })).toEqual(['rotation']);
  expect(says({ KeySpec: 'RSA_2048' })).toEqual(['rotation']);
});

test('a deployment without a key breaks the rule', () => {
  expect(answers(keyRotation, {})).toEqual({ deployment: ['absent'] });
});
