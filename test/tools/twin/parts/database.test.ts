// PostgreSQL's errors at the start, with advice.
import { explainFailure } from '../../../../tools/twin/parts/database';

test.each([
  ['Failed to create and initialize a new user on this system.', 'add a user (useradd postgres), or start the twin as another user'],
  ['initdb: error: cannot be run as root', 'PostgreSQL does not run as root: start the twin as another user'],
  [
    'initdb: error: could not create directory "/x": No space left on device',
    'no space left on the disk: free some space, or choose another folder',
  ],
  ['could not open file: Permission denied', 'the user of the server cannot access the folder or the programs of node_modules'],
  ['Error: EACCES: permission denied, symlink', 'the user of the server cannot access the folder or the programs of node_modules'],
  ['could not create shared memory segment: Cannot allocate memory', 'no shared memory left'],
  ['lock file "postmaster.pid" already exists', 'another server uses the folder: end it'],
])('%s', (said, advice) => {
  expect(explainFailure(`database: expected it to start, got ${said}`)).toMatch(said);
  expect(explainFailure(`database: expected it to start, got ${said}`)).toContain(advice);
});

test('an error without advice is unchanged', () => {
  expect(explainFailure('database: odd')).toBe('database: odd');
});
