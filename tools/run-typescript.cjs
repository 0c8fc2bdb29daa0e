// Lets Node run this project's TypeScript: `node --require ./tools/run-typescript.cjs bin/rempart.ts` (docs/adr/0005).
const { readFileSync } = require('node:fs');
const nodeModule = require('node:module');
const { transformSync } = require('@swc/core');

// Node 22 and newer keep compiled code between runs; Node 20 does not know the call.
nodeModule.enableCompileCache?.();

const compiler = {
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
  swcrc: false,
  configFile: false,
};
const loadJavaScript = require.extensions['.js'];

/** Our files are compiled one by one as they are loaded, with maps, so that errors name the lines we wrote. */
require.extensions['.ts'] = (module, filename) => {
  process.setSourceMapsEnabled(true);
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...compiler, filename }).code, filename);
};

/** Packages are loaded as they are. Their source maps, which Node would read at once, are left alone: cdk-nag carries a lot of them. */
require.extensions['.js'] = (module, filename) => {
  process.setSourceMapsEnabled(false);
  try {
    loadJavaScript(module, filename);
  } finally {
    process.setSourceMapsEnabled(true);
  }
};
