// Random sequences of days, runs, changes by people and failures against a stateful mock of IAM, compared with a model
// of the promise.
import fc from 'fast-check';
import { type Credentials, examine, type Request } from '../../../../lambda/access/credential-hygiene/examine';
import {
  ageInDays,
  millisecondsOfDay as day,
  exemptionsOf,
  isExempt,
  keyVerdict,
  passwordVerdict,
} from '../../../../lambda/access/credential-hygiene/verdicts';
import { credentialWarnings, longestCredentialDays, longestDisabledKeyDays } from '../../../../lib/tom/figures';

const runs = 2000;
const seed = 38;
const hour = day / 24;
const ages = { warn: credentialWarnings, limit: longestCredentialDays, remove: longestDisabledKeyDays };
const begin = Date.parse('2026-01-01T06:10:00Z');

interface Key {
  readonly created: number;
  used?: number;
  isActive: boolean;
}
interface User {
  password?: { created: number; changed: number; used?: number } | undefined;
  readonly keys: Map<string, Key>;
}

/** The mocked account and its clock. IAM returns a report that is up to 4 hours old. */
interface Iam {
  now: number;
  readonly users: Map<string, User>;
  report?: { at: number; passwords: Map<string, number | undefined> };
  readonly faults: boolean[];
  /** Credentials as they were when the function ended them. */
  readonly removedPasswords: { user: string; changed: number; used: number | undefined }[];
  readonly disabled: Key[];
  readonly deleted: Key[];
}

const newIam = (): Iam => ({ now: begin, users: new Map(), faults: [], removedPasswords: [], disabled: [], deleted: [] });

function mocked(iam: Iam): Credentials {
  const call = async <Result>(effect: () => Result): Promise<Result> => {
    if (iam.faults.shift()) throw Object.assign(new Error('Rate exceeded'), { name: 'Throttling' });
    return effect();
  };
  const userOf = (name: string): User => iam.users.get(name) ?? { keys: new Map() };
  return {
    users: () => call(() => [...iam.users.keys()]),
    report: () =>
      call(() => {
        if (!iam.report || iam.now - iam.report.at > 4 * hour) {
          iam.report = { at: iam.now, passwords: new Map([...iam.users].map(([name, user]) => [name, user.password?.changed])) };
        }
        const passwords = [...iam.report.passwords].map(([user, changed]) => ({
          user,
          changed: changed === undefined ? undefined : new Date(changed),
        }));
        return { at: new Date(iam.report.at), passwords };
      }),
    loginProfile: (name) =>
      call(() => {
        const { password } = userOf(name);
        return password && new Date(password.created);
      }),
    lastSignIn: (name) =>
      call(() => {
        const used = userOf(name).password?.used;
        return used === undefined ? undefined : new Date(used);
      }),
    deleteLoginProfile: (name) =>
      call(() => {
        const user = userOf(name);
        if (user.password) iam.removedPasswords.push({ user: name, changed: user.password.changed, used: user.password.used });
        user.password = undefined;
      }),
    accessKeys: (name) =>
      call(() => [...userOf(name).keys].map(([id, { created, isActive }]) => ({ id, created: new Date(created), isActive }))),
    lastUse: (id) =>
      call(() => {
        const used = [...iam.users.values()].flatMap(({ keys }) => keys.get(id)?.used ?? []);
        return used.length === 0 ? undefined : new Date(Math.max(...used));
      }),
    disableKey: (name, id) =>
      call(() => {
        const key = userOf(name).keys.get(id);
        if (!key) return;
        iam.disabled.push({ ...key });
        key.isActive = false;
      }),
    deleteKey: (name, id) =>
      call(() => {
        const key = userOf(name).keys.get(id);
        if (key) iam.deleted.push({ ...key });
        userOf(name).keys.delete(id);
      }),
    root: () => call(() => ({ hasMfa: true, hasKeys: false })),
  };
}

const names = fc.constantFrom('ada', 'bob', 'break-glass');
const keyIds = fc.constantFrom('FIRST', 'SECOND');
const steps = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('pass' as const),
      hours: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 24, max: 100 * 24 })),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('create-password' as const), user: names }) },
  // A person changes a password by signing in with it.
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('change-password' as const), user: names }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('create-key' as const), user: names, key: keyIds }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('enable-key' as const, 'use-key' as const), user: names, key: keyIds }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete-user' as const), user: names }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('report' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('faults' as const), list: fc.array(fc.boolean(), { maxLength: 6 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('run' as const), times: fc.integer({ min: 1, max: 3 }) }) },
);

type Step = typeof steps extends fc.Arbitrary<infer Value> ? Value : never;

const exemptions = exemptionsOf('break-glass/2099-12-31');
const requestAt = (iam: Iam): Request => ({ now: new Date(iam.now), ages, exemptions });
const age = (since: number, iam: Iam): number => ageInDays(new Date(since), new Date(iam.now));

/** Ids of keys are unique in all accounts. */
const idOf = ({ user, key }: { readonly user: string; readonly key: string }): string => `AKIA-${user}-${key}`;

function act(iam: Iam, step: Exclude<Step, { kind: 'run' | 'faults' | 'report' }>): void {
  if (step.kind === 'pass') {
    iam.now += step.hours * hour;
    return;
  }
  const user = iam.users.get(step.user) ?? { keys: new Map<string, Key>() };
  if (step.kind === 'delete-user') {
    iam.users.delete(step.user);
    return;
  }
  iam.users.set(step.user, user);
  if (step.kind === 'create-password') user.password ??= { created: iam.now, changed: iam.now };
  else if (step.kind === 'change-password' && user.password) user.password = { ...user.password, changed: iam.now, used: iam.now };
  else if (step.kind === 'create-key' && !user.keys.has(idOf(step))) user.keys.set(idOf(step), { created: iam.now, isActive: true });
  else if (step.kind === 'enable-key') {
    const key = user.keys.get(idOf(step));
    if (key) key.isActive = true;
  } else if (step.kind === 'use-key') {
    const key = user.keys.get(idOf(step));
    if (key?.isActive) key.used = iam.now;
  }
}

/** One run: everything that it ends was old enough, belongs to no exempt user, and is reported. */
async function run(iam: Iam): Promise<boolean> {
  for (const list of [iam.removedPasswords, iam.disabled, iam.deleted]) list.length = 0;
  const exempt = JSON.stringify(iam.users.get('break-glass')?.password) + JSON.stringify([...(iam.users.get('break-glass')?.keys ?? [])]);
  const { findings, notices, unseen } = await examine(mocked(iam), requestAt(iam));
  for (const { changed } of iam.removedPasswords) expect(age(changed, iam)).toBeGreaterThanOrEqual(90);
  for (const { created, isActive } of iam.disabled) expect([age(created, iam) >= 90, isActive]).toEqual([true, true]);
  for (const { created, isActive, used } of iam.deleted) {
    expect([age(created, iam) >= 120, age(used ?? created, iam) >= 30, isActive]).toEqual([true, true, false]);
  }
  const ended = iam.removedPasswords.length + iam.disabled.length + iam.deleted.length;
  expect(findings).toHaveLength(ended);
  expect(notices.length).toBeGreaterThanOrEqual(ended);
  expect(JSON.stringify(iam.users.get('break-glass')?.password) + JSON.stringify([...(iam.users.get('break-glass')?.keys ?? [])])).toBe(
    exempt,
  );
  return unseen.length === 0;
}

test(`${runs} sequences: nothing younger is ended, nothing older survives, and exempt users are left alone`, async () => {
  let ended = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 40, size: 'max' }), async (sequence) => {
      const iam = newIam();
      for (const step of sequence) {
        if (step.kind === 'faults') iam.faults.push(...step.list);
        // Another tool has the report generated.
        else if (step.kind === 'report') await mocked({ ...iam, faults: [] }).report();
        else if (step.kind === 'run') {
          for (let time = 0; time < step.times; time++) {
            const isComplete = await run(iam);
            ended += iam.removedPasswords.length + iam.disabled.length + iam.deleted.length;
            if (!isComplete) continue;
            for (const [name, user] of iam.users) {
              if (name === 'break-glass') continue;
              for (const key of user.keys.values()) if (key.isActive) expect(age(key.created, iam)).toBeLessThan(90);
            }
          }
        } else act(iam, step);
      }
      // Four hours later there is another report: the next run without a failure ends every old password.
      iam.faults.length = 0;
      iam.now += 5 * hour;
      expect(await run(iam)).toBe(true);
      for (const [name, user] of iam.users) {
        if (name === 'break-glass') continue;
        if (user.password) expect(age(user.password.changed, iam)).toBeLessThan(90);
      }
      expect(await run(iam)).toBe(true);
      for (const [name, user] of iam.users) {
        for (const { created, used } of name === 'break-glass' ? [] : user.keys.values()) {
          expect(age(created, iam) < 120 || age(used ?? created, iam) < 30).toBe(true);
        }
      }
    }),
    { numRuns: runs, seed },
  );
  console.info(`credentials: ${runs} sequences, ${ended} credentials ended before the last runs`);
  expect(ended).toBeGreaterThan(1000);
}, 120_000);

test('with a run every day, each owner is warned at 76 and at 83 days, also where any one run fails', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: day - 1 }), fc.integer({ min: 70, max: 89 }), (offset, failed) => {
      const verdicts = Array.from({ length: 90 }, (_, index) => ({ index, age: ageInDays(new Date(0), new Date(index * day + offset)) }))
        .filter(({ index }) => index !== failed)
        .map(({ age: days }) => [days, passwordVerdict(days, ages), keyVerdict(days, true, 0, ages)] as const);
      for (const first of [76, 83]) {
        const warned = verdicts.filter(([days]) => days >= first && days < first + 2);
        expect(warned.length).toBeGreaterThan(0);
        for (const [, password, key] of warned) expect([password, key]).toEqual(['warn', 'warn']);
      }
      const others = verdicts.filter(([days]) => ![76, 77, 83, 84].includes(days));
      expect(others.every(([, password, key]) => password === 'keep' && key === 'keep')).toBe(true);
    }),
    { numRuns: 300, seed },
  );
});

test('a credential that is unused for 90 days is at least as old, so the age ends it', () => {
  fc.assert(
    fc.property(fc.nat(2000 * day), fc.nat(2000 * day), fc.nat(2000 * day), (created, later, idle) => {
      const [used, now] = [created + later, created + later + idle];
      if (ageInDays(new Date(used), new Date(now)) < 90) return;
      const days = ageInDays(new Date(created), new Date(now));
      expect([passwordVerdict(days, ages), keyVerdict(days, true, 0, ages)]).toEqual(['delete', 'disable']);
    }),
    { numRuns: 2000, seed },
  );
});

test.each([
  [89, true, 0, 'keep'],
  [90, true, 0, 'disable'],
  [90, false, 90, 'keep'],
  [119, false, 119, 'keep'],
  [120, false, 30, 'delete'],
  [120, false, 29, 'keep'],
  [120, true, 120, 'disable'],
  [76, false, 76, 'keep'],
] as const)('a key of %d days, active: %s, unused for %d days, is: %s', (days, isActive, idle, verdict) => {
  expect(keyVerdict(days, isActive, idle, ages)).toBe(verdict);
});

test('an exemption ends with its last day, in UTC', () => {
  const users = exemptionsOf('ada@example.com/2026-11-30,b+c=d/2027-01-01');
  expect(isExempt('ada@example.com', users, new Date('2026-11-30T23:59:59Z'))).toBe(true);
  expect(isExempt('ada@example.com', users, new Date('2026-12-01T00:00:00Z'))).toBe(false);
  expect(isExempt('b+c=d', users, new Date('2026-12-01T00:00:00Z'))).toBe(true);
  expect(isExempt('ada', users, new Date('2026-01-01T00:00:00Z'))).toBe(false);
  expect(exemptionsOf('none').size).toBe(0);
});
