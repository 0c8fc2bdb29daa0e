// Denials of sessions: for whom, for how long, and which policies are not touched.
import { denialName, endOfDenial, type Person } from '../../../tools/offboard/names';
import { oldDenialStep } from '../../../tools/offboard/session-steps';
import { runSteps, type Step } from '../../../tools/offboard/step';
import { type Places, stepsOf } from '../../../tools/offboard/steps';
import { certificateTimeLimit } from '../../time-limits';
import { Account, emptyUser } from './account';
import { deployments, type Having, start, worldOf } from './leaver';

jest.setTimeout(certificateTimeLimit);

const hour = 3_600_000;
const minute = 60_000;
const alice: Person = { name: 'alice', users: ['alice'] };
const after = (milliseconds: number) => new Date(start.getTime() + milliseconds);
const run = (steps: readonly Step[], now: () => Date) => runSteps(steps, { now, pause: async () => undefined, progress: () => undefined });

/** Two roles of people, with sessions of an hour and of eight; and a user who may act. */
function accountOfAlice(): Account {
  const of = new Account();
  of.addRole('production-it-team-eu-west-3', 3600);
  of.addRole('production-emergency-eu-west-3', 8 * 3600);
  of.users.set('alice', { ...emptyUser(), password: true });
  return of;
}

const denialStep = (of: Account, now: () => Date, more: Partial<Places> = {}): Step => {
  const step = stepsOf(alice, { iam: of.iam, shells: of.shells, ...more }, now).find(({ name }) => name === 'role-sessions');
  if (!step) throw new Error('expected the step role-sessions, got none');
  return step;
};

/** Times from `at` to the end of the last denial of each role, in milliseconds. */
const lasting = (of: Account, at: Date) =>
  of.roles.map(({ policies }) => Math.max(...[...policies.keys()].map((name) => endOfDenial(name)?.getTime() ?? 0)) - at.getTime());

test('sessions are denied of a person whose user is gone before the first run', async () => {
  const nothing: Having = { users: [], shells: 0, certificates: 0, connections: 0, isInDirectory: false, assignments: 0 };
  const { account: of, places } = await worldOf({ ...nothing, certificates: 1 });
  const { directory: _, ...withoutDirectory } = places;
  const steps = stepsOf(alice, withoutDirectory, () => start);
  const results = await run(steps, () => start);
  expect(results.find(({ step }) => step === 'role-sessions')).toMatchObject({ outcome: 'done' });
  const documents = of.roles.map(({ policies }) => [...policies.values()].filter((document) => document.includes('"*:alice"')).length);
  // Six roles of people, that of the auditor, one of the deployment, and four of the bootstrap.
  expect(documents).toEqual([1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
  expect(new Set((await run(steps, () => start)).map(({ outcome }) => outcome))).toEqual(new Set(['nothing']));
});

test.each<[string, boolean, number]>([
  ['a user', false, 0],
  ['IAM Identity Center', true, 12 * hour],
])('a denial of sessions by %s is enough for 15 minutes; then a longer one is added', async (_, isDirectory, stillBeginning) => {
  const of = accountOfAlice();
  let at = start;
  const step = denialStep(of, () => at, isDirectory ? { directory: of.center } : {});
  expect(await run([step], () => at)).toMatchObject([{ outcome: 'done' }]);
  for (const milliseconds of [0, 30_000, 15 * minute]) {
    at = after(milliseconds);
    expect(await run([step], () => at)).toMatchObject([{ outcome: 'nothing' }]);
    const [short = 0, long = 0] = lasting(of, at);
    expect([short >= stillBeginning + hour, long >= stillBeginning + 8 * hour]).toEqual([true, true]);
  }
  at = after(17 * minute);
  expect(await step.left()).toHaveLength(2);
  expect(await run([step], () => at)).toMatchObject([{ outcome: 'done' }]);
  const [short = 0, long = 0] = lasting(of, at);
  expect([short >= stillBeginning + hour, long >= stillBeginning + 8 * hour]).toEqual([true, true]);
  expect(of.roles.map(({ policies }) => policies.size)).toEqual([2, 2]);
  expect(of.sent).not.toContain('DeleteRolePolicy');
});

test('a denial that is enough for one role is not for one of longer sessions', async () => {
  const of = accountOfAlice();
  for (const { policies } of of.roles) policies.set(denialName('alice', after(2 * hour)), '{}');
  const left = await denialStep(of, () => start).left();
  expect(left.map(({ what }) => what)).toEqual(['sessions of alice in the role production-emergency-eu-west-3']);
});

test('policies of others stay while time passes; denials that have ended go', async () => {
  const of = accountOfAlice();
  const [{ policies } = { policies: new Map<string, string>() }] = of.roles;
  const running = denialName('alice', after(hour));
  for (const name of ['foreign', 'rempart-left-foreign', denialName('bob', after(-minute)), running]) policies.set(name, '{}');
  let reads = 0;
  const advancing = () => after(1000 * reads++);
  expect(await run([oldDenialStep(of.iam, advancing)], advancing)).toMatchObject([{ outcome: 'done', items: [{}] }]);
  expect([...policies.keys()]).toEqual(['foreign', 'rempart-left-foreign', running]);
});

test('sessions that deploy are denied where they have begun, for as long as one lasts, and no later ones', async () => {
  const of = accountOfAlice();
  for (const name of deployments) of.addRole(name, 3600);
  const steps = (person: Person, at: Date) => stepsOf(person, { iam: of.iam, shells: of.shells }, () => at);
  const denialsOf = () => of.roles.filter(({ name }) => deployments.includes(name)).map(({ policies }) => [...policies]);
  const first = await run(steps(alice, start), () => start);
  expect(first.find(({ step }) => step === 'deployment-sessions')).toMatchObject({ outcome: 'done', items: [{}, {}, {}] });
  for (const [[name = '', document = ''] = []] of denialsOf()) {
    const [{ Condition: condition }] = JSON.parse(document).Statement;
    // The next deployment begins after a minute.
    expect(condition).toEqual({ DateLessThan: { 'aws:TokenIssueTime': after(minute).toISOString().replace('.000', '') } });
    expect((endOfDenial(name)?.getTime() ?? 0) - start.getTime()).toBeGreaterThanOrEqual(hour + minute);
  }
  // The denial for one person does not stand for a later one.
  const later = after(5 * minute);
  const second = await run(steps({ name: 'bob', users: ['bob'] }, later), () => later);
  expect(second.find(({ step }) => step === 'deployment-sessions')).toMatchObject({ outcome: 'done' });
  expect(denialsOf().map(({ length }) => length)).toEqual([2, 2, 2]);
  const end = after(3 * hour);
  expect(await run([oldDenialStep(of.iam, () => end)], () => end)).toMatchObject([{ outcome: 'done' }]);
  expect(denialsOf().flat()).toEqual([]);
});
