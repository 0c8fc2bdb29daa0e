// Tests run as TypeScript through swc; what they share is synthesized once a run (test/synthesized/).
/** @type {import('jest').Config} */
module.exports = {
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testEnvironment: 'node',
  // ES modules, which jest cannot load as they are before Node 24.9.
  transformIgnorePatterns: ['/node_modules/(?!(?:node-pg-migrate|hyparquet|hyparquet-writer|@hpcc-js/wasm-zstd)/)'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
    'node_modules/(?:node-pg-migrate|hyparquet|hyparquet-writer|@hpcc-js/wasm-zstd)/.+\\.js$': [
      '@swc/jest',
      { jsc: { target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
  globalSetup: '<rootDir>/test/synthesized/setup.ts',
  globalTeardown: '<rootDir>/test/synthesized/teardown.ts',
  testSequencer: '<rootDir>/test/sequence/sequencer.js',
  maxWorkers: '100%',
  testTimeout: 30_000,
};
