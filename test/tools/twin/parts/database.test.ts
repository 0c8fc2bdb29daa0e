// What PostgreSQL says when it cannot start, with what can be done about it.
import { explainFailure } from '../../../../tools/twin/parts/database';

test.each([
  ['Failed to create and initialize a new user on this system.', 'add a user (useradd postgres), or start the twin as another user'],
  ['initdb: error: cannot be run as root', 'PostgreSQL does not run as root: start the twin as another user'],
  ['initdb: error: could not create directory "/x": No space left on device', 'there is no space left: free some, or choose another place'],
  ['could not open file: Permission denied', "the server's user may not use the folder or the programs of node_modules"],
  ['Error: EACCES: permission denied, symlink', "the server's user may not use the folder or the programs of node_modules"],
  ['could not create shared memory segment: Cannot allocate memory', 'the machine gives no more shared memory'],
  ['lock file "postmaster.pid" already exists', 'another server uses the folder: end it'],
])('%s', (said, advice) => {
  expect(explainFailure(`database: expected it to start, got ${said}`)).toMatch(said);
  expect(explainFailure(`database: expected it to start, got ${said}`)).toContain(advice);
});

test('what nobody knows is told as it is', () => {
  expect(explainFailure('database: odd')).toBe('database: odd');
});
