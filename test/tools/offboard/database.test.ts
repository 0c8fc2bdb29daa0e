// Off-boarding drops the database roles of a person, and repeats it without an error.

import type { AccessRequest } from '../../../runtime/staff/requests';
import { Refusal } from '../../../runtime/vpn/refusal';
import { type DatabaseAccess, databaseStep } from '../../../tools/offboard/database-step';
import { planOf, runSteps } from '../../../tools/offboard/step';
import { stepsOf, tracesOf } from '../../../tools/offboard/steps';
import { Account } from './account';

const surroundings = { now: () => new Date('2026-11-29T22:15:00Z'), pause: async () => undefined, progress: () => undefined };

/** Functions with the access of some people; calls can fail. */
function functionsOf(people: readonly string[], fault?: Error) {
  const access = new Set(people);
  const requests: AccessRequest[] = [];
  const database: DatabaseAccess = {
    async call(_, request) {
      requests.push(request);
      if (fault !== undefined) throw fault;
      if (request.action === 'revoke') access.delete(request.person);
      const rows = [...access].map((person) => ({ role: `support_${person}`, kind: 'support', person, until: '2026-12-01T00:00:00Z' }));
      return { access: rows, dropped: [] };
    },
  };
  return { database, requests, access };
}

test('the roles of the session names of the person are dropped, those of others stay', async () => {
  const { database, access } = functionsOf(['alice', 'alice-admin', 'bob']);
  const step = databaseStep(database, ['alice', 'alice-admin']);
  expect(await planOf([step], surroundings)).toMatchObject([
    { left: ['database role support_alice until 2026-12-01T00:00:00Z', 'database role support_alice-admin until 2026-12-01T00:00:00Z'] },
  ]);
  expect([...access]).toEqual(['alice', 'alice-admin', 'bob']);
  expect(await runSteps([step], surroundings)).toMatchObject([{ step: 'database-access', outcome: 'done' }]);
  expect([...access]).toEqual(['bob']);
  expect(await runSteps([step], surroundings)).toMatchObject([{ outcome: 'nothing' }]);
});

test('a name that cannot have a role has none', async () => {
  const { database, requests } = functionsOf(['alice']);
  expect(await databaseStep(database, ['Alice', 'a"b', '']).left()).toEqual([]);
  expect(requests).toEqual([{ action: 'list' }]);
});

test('a deployment without the function has no access to drop, and another failure is reported', async () => {
  const absent = functionsOf(['alice'], Object.assign(new Error('no function'), { name: 'ResourceNotFoundException' }));
  expect(await runSteps([databaseStep(absent.database, ['alice'])], surroundings)).toMatchObject([{ outcome: 'nothing' }]);
  const refused = functionsOf(['alice'], new Refusal('caller: expected a session of a role'));
  expect(await runSteps([databaseStep(refused.database, ['alice'])], surroundings)).toMatchObject([
    { outcome: 'failed', reason: 'caller: expected a session of a role' },
  ]);
});

test('the step is part of an off-boarding, after the sessions are denied, and its access is a trace of the person', async () => {
  const of = new Account();
  const { database } = functionsOf(['alice']);
  const places = { iam: of.iam, shells: of.shells, database };
  const person = { name: 'alice', users: ['alice'] };
  const names = stepsOf(person, places, surroundings.now).map(({ name }) => name);
  expect(names.indexOf('database-access')).toBeGreaterThan(names.indexOf('role-sessions'));
  expect(await tracesOf(person, places)).toEqual(['access to the database']);
  expect(await tracesOf({ name: 'bob', users: ['bob'] }, places)).toEqual([]);
});
