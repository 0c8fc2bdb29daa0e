// Tests run as TypeScript through swc; what they share is synthesized once a run (test/synthesized/).
/** @type {import('jest').Config} */
module.exports = {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }] },
  globalSetup: '<rootDir>/test/synthesized/setup.ts',
  globalTeardown: '<rootDir>/test/synthesized/teardown.ts',
  maxWorkers: '100%',
  testTimeout: 30_000,
};
