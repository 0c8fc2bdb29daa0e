// The lock file names every platform's packages, whatever the registry of the machine that wrote it had.
import { completeLock, type Lock, missingFrom } from '../../../../tools/develop/lock/complete';

const lock: Lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/tool': { version: '1.2.3', dev: true, optionalDependencies: { 'tool-linux-x64': '1.2.3', 'tool-darwin-arm64': '1.2.3' } },
    'node_modules/tool-linux-x64': { version: '1.2.3', optional: true },
    'node_modules/runs': { version: '2.0.0', optionalDependencies: { '@runs/binding-linux-arm-musleabihf': '2.0.0' } },
  },
};

test('what is missing is found', () => {
  expect(missingFrom(lock).map(({ name }) => name)).toEqual(['tool-darwin-arm64', '@runs/binding-linux-arm-musleabihf']);
});

test('what is missing is added, for its platform alone', () => {
  const { packages } = completeLock(lock);
  expect(missingFrom({ packages })).toEqual([]);
  expect(packages['node_modules/tool-darwin-arm64']).toEqual({
    version: '1.2.3',
    cpu: ['arm64'],
    dev: true,
    optional: true,
    os: ['darwin'],
  });
  expect(packages['node_modules/@runs/binding-linux-arm-musleabihf']).toEqual({
    version: '2.0.0',
    cpu: ['arm'],
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
});

test('a nested package is not missing', () => {
  const nested = { ...lock.packages, 'node_modules/tool/node_modules/tool-darwin-arm64': { version: '1.2.3' } };
  expect(missingFrom({ packages: nested }).map(({ name }) => name)).toEqual(['@runs/binding-linux-arm-musleabihf']);
});

test.each([
  ['a name without a platform', { plugin: '1.0.0' }],
  ['a range', { 'tool-linux-x64': '^1.0.0' }],
])('%s is not guessed', (_, optionalDependencies) => {
  expect(() => completeLock({ packages: { 'node_modules/a': { optionalDependencies } } })).toThrow('add its entry by hand');
});
