// The order of test files. Jest starts the slowest first once it has timings of its own; a fresh clone has none, and
// would end with one slow file on one core.
const { createRequire } = require('node:module');

/** A package of jest, which no file of this project names. */
const ofJest = createRequire(require.resolve('jest'));
const { default: JestSequencer } = ofJest('@jest/test-sequencer');
const slowFiles = require('./slow-files.json');

/** Seconds of a file in the list; 0 for the others, which keep the order of jest. */
const listed = ({ path, context }) => slowFiles[path.slice(context.config.rootDir.length + 1)] ?? 0;

module.exports = class extends JestSequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return sorted.some(({ duration }) => typeof duration === 'number') ? sorted : sorted.toSorted((a, b) => listed(b) - listed(a));
  }
};
