// The contract of the environment.
import { readEnvironment } from '../../../../lambda/network/default-security-group/env';

test('reads the group', () => {
  expect(readEnvironment({ SECURITY_GROUP_ID: 'sg-0a1b', OTHER: 'x' })).toEqual({ SECURITY_GROUP_ID: 'sg-0a1b' });
});

test.each([undefined, '', 'default', 'sg-', 'sg-0a1b,sg-0a1c'])('refuses %p', (id) => {
  expect(() => readEnvironment({ SECURITY_GROUP_ID: id })).toThrow(/^SECURITY_GROUP_ID: expected a security group id, got /);
});
