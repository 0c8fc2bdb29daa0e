// Deployments of one account share its password policy. Random sequences of events run against a stateful mock of IAM,
// with failures before and after each call, and are compared with a model of the promise.
import fc from 'fast-check';
import { type Claim, passwordClaims } from '../../../../lambda/access/password-policy/claims';
import {
  byDefault,
  demanded,
  figuresOf,
  type PasswordFigures,
  raised,
  readRecord,
  recordOf,
  requestFor,
  weakerFigures,
} from '../../../../lambda/access/password-policy/figures';
import { type Claimant, establish, giveUp, type PasswordAccount, watch } from '../../../../lambda/access/password-policy/keep';
import { untilDone } from '../claimed-account';

const runs = 2000;
const seed = 13;

/** The mocked account: its policy, the tags of boundaries, and the failures to come. */
interface Iam {
  policy: PasswordFigures | undefined;
  readonly tags: Map<string, string>;
  /** For each call to come: whether it fails, before or after it has its effect. */
  readonly faults: ('none' | 'before' | 'after')[];
}

const set = (iam: Iam, policy: Iam['policy']): void => {
  iam.policy = policy;
};

/** `turn` is awaited before each call, so that a scheduler can interleave two deployments. */
function mocked(iam: Iam, boundary: string, turn: () => Promise<void> = async () => {}): PasswordAccount {
  const call = async <Result>(effect: () => Result): Promise<Result> => {
    await turn();
    const fault = iam.faults.shift() ?? 'none';
    if (fault === 'before') throw new Error('Throttling');
    const result = effect();
    if (fault === 'after') throw new Error('ServiceUnavailable');
    return result;
  };
  return {
    read: () => call(() => iam.policy),
    write: (figures) => call(() => set(iam, figures)),
    remove: () => call(() => set(iam, undefined)),
    claims: () =>
      call(
        () =>
          new Map(
            [...iam.tags].flatMap(([arn, text]): [string, Claim][] => {
              const claim = passwordClaims.read(text);
              return claim ? [[arn, claim]] : [];
            }),
          ),
      ),
    claim: (claim) => call(() => void iam.tags.set(boundary, passwordClaims.text(claim))),
    release: () => call(() => void iam.tags.delete(boundary)),
  };
}

const newIam = (policy: PasswordFigures | undefined): Iam => ({ policy, tags: new Map(), faults: [] });
const claimantOf = (boundary: string, length = 14): Claimant => ({ boundary, demanded: demanded(length, 90, 24) });

const bit = fc.integer({ min: 0, max: 1 });
const anyFigures: fc.Arbitrary<PasswordFigures> = fc.record({
  ...{ length: fc.integer({ min: 6, max: 128 }), symbols: bit, numbers: bit, upper: bit, lower: bit, change: bit, hard: bit },
  ...{ age: fc.integer({ min: 0, max: 1095 }), reuse: fc.integer({ min: 0, max: 24 }) },
});
const anyPolicy = fc.option(anyFigures, { nil: undefined });

const boundaries = ['staging', 'development', 'recovery'] as const;
type Boundary = (typeof boundaries)[number];

const events = fc.oneof(
  fc.record({
    kind: fc.constantFrom('deploy', 'delete', 'watch'),
    of: fc.constantFrom(...boundaries),
    length: fc.integer({ min: 10, max: 20 }),
  }),
  fc.record({ kind: fc.constant('drift' as const), figures: anyPolicy }),
  fc.record({ kind: fc.constant('faults' as const), list: fc.array(fc.constantFrom('none', 'before', 'after'), { maxLength: 12 }) }),
);

const meets = (policy: PasswordFigures | undefined, wanted: PasswordFigures): boolean =>
  weakerFigures(policy ?? byDefault, wanted).length === 0 && policy !== undefined;

test(`${runs} sequences: the policy meets every deployment after each watch, and the last deletion restores the first policy`, async () => {
  await fc.assert(
    fc.asyncProperty(anyPolicy, fc.array(events, { minLength: 3, maxLength: 25, size: 'max' }), async (first, sequence) => {
      const iam = newIam(first);
      let former = first;
      const active = new Map<Boundary, Claimant>();
      for (const event of sequence) {
        if (event.kind === 'faults') iam.faults.push(...(event.list as Iam['faults']));
        else if (event.kind === 'drift') {
          iam.policy = event.figures;
          // Without a deployment, the policy of the account is whatever people set.
          if (active.size === 0) former = event.figures;
        } else {
          const claimant = active.get(event.of) ?? claimantOf(event.of, event.length);
          const account = mocked(iam, event.of);
          if (event.kind === 'deploy') {
            const changed = claimantOf(event.of, event.length);
            const isFirst = !active.has(event.of);
            await untilDone(() => establish(account, changed, isFirst));
            active.set(event.of, changed);
          } else if (event.kind === 'delete') {
            await untilDone(() => giveUp(account, claimant));
            active.delete(event.of);
          } else if (active.has(event.of)) {
            await untilDone(async () => {
              const { unseen } = await watch(account, claimant);
              if (unseen.length > 0) throw new Error(unseen.join());
            });
          }
          if (event.kind !== 'delete' && active.has(event.of)) {
            for (const { demanded: wanted } of active.values()) expect(meets(iam.policy, wanted)).toBe(true);
          }
        }
      }
      iam.faults.length = 0;
      for (const boundary of [...active.keys()]) await giveUp(mocked(iam, boundary), claimantOf(boundary));
      if (active.size > 0) expect(iam.policy).toEqual(former);
      expect(iam.tags.size).toBe(0);
    }),
    { numRuns: runs, seed },
  );
  console.info(`password policy: ${runs} sequences of events`);
}, 120_000);

test('two deployments that are deleted or created at once interleave in any order, and the last deletion restores the policy', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), anyPolicy, fc.boolean(), async (scheduler, first, together) => {
      const iam = newIam(first);
      const [one, other] = [claimantOf('staging', 12), claimantOf('development', 16)];
      const turn = () => scheduler.schedule(Promise.resolve());
      const accounts = [mocked(iam, one.boundary, turn), mocked(iam, other.boundary, turn)] as const;
      const both = async (steps: readonly Promise<unknown>[]) => {
        await scheduler.waitFor(Promise.all(steps));
      };
      if (together) await both([establish(accounts[0], one, true), establish(accounts[1], other, true)]);
      else
        for (const [index, claimant] of [one, other].entries()) await both([establish(accounts[index] as PasswordAccount, claimant, true)]);
      await both([watch(accounts[0], one), watch(accounts[1], other)]);
      expect(meets(iam.policy, raised(one.demanded, other.demanded))).toBe(true);
      await both([giveUp(accounts[0], one), giveUp(accounts[1], other)]);
      expect(iam.policy).toEqual(first);
      expect(iam.tags.size).toBe(0);
    }),
    { numRuns: 1000, seed },
  );
}, 60_000);

test('a deletion that races with another deployment leaves a policy that the next watch corrects, and still knows the first one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), anyPolicy, async (scheduler, first) => {
      const iam = newIam(first);
      const turn = () => scheduler.schedule(Promise.resolve());
      const [one, other] = [claimantOf('staging'), claimantOf('development')];
      await scheduler.waitFor(establish(mocked(iam, one.boundary, turn), one, true));
      await scheduler.waitFor(
        Promise.all([giveUp(mocked(iam, one.boundary, turn), one), establish(mocked(iam, other.boundary, turn), other, true)]),
      );
      await watch(mocked(iam, other.boundary), other);
      expect(meets(iam.policy, other.demanded)).toBe(true);
      await giveUp(mocked(iam, other.boundary), other);
      expect(iam.policy).toEqual(first);
    }),
    { numRuns: 1000, seed },
  );
}, 60_000);

test.each([
  ['staging', 'development'],
  ['development', 'staging'],
] as const)('deleted in the order %s, %s: the first adopts nothing away, the second restores', async (...order) => {
  const iam = newIam({ ...byDefault, length: 9 });
  for (const boundary of ['staging', 'development']) await establish(mocked(iam, boundary), claimantOf(boundary), true);
  const endings = [];
  for (const boundary of order) endings.push(await giveUp(mocked(iam, boundary), claimantOf(boundary)));
  expect(endings).toEqual(['adopted by another deployment', 'restored']);
  expect(iam.policy).toEqual({ ...byDefault, length: 9 });
  expect(await giveUp(mocked(iam, 'staging'), claimantOf('staging'))).toBe('not claimed');
});

test('an account without a policy has none after the deletion, and a stronger policy stays as strong', async () => {
  const iam = newIam(undefined);
  await establish(mocked(iam, 'staging'), claimantOf('staging'), true);
  expect(iam.policy).toEqual(demanded(14, 90, 24));
  await giveUp(mocked(iam, 'staging'), claimantOf('staging'));
  expect(iam.policy).toBeUndefined();
  const strong = newIam({ ...byDefault, length: 20, age: 30, reuse: 5 });
  await establish(mocked(strong, 'staging'), claimantOf('staging'), true);
  expect(strong.policy).toMatchObject({ length: 20, age: 30, reuse: 24, symbols: 1 });
});

test('each figure that is weaker is a finding and is set again; one that is stronger stays', async () => {
  const iam = newIam(undefined);
  const claimant = claimantOf('staging');
  await establish(mocked(iam, 'staging'), claimant, true);
  iam.policy = { ...demanded(8, 0, 24), symbols: 0, hard: 1, lower: 1 };
  const { findings } = await watch(mocked(iam, 'staging'), claimant);
  expect(findings.map(({ id, found, required }) => [id, found, required])).toEqual([
    ['drift::length', 'length 8', 'length 14'],
    ['drift::symbols', 'symbols 0', 'symbols 1'],
    ['drift::age', 'age 0', 'age 90'],
    ['drift::hard', 'hard 1', 'hard 0'],
  ]);
  expect(iam.policy).toEqual(demanded(14, 90, 24));
  iam.policy = { ...demanded(30, 60, 24) };
  expect(await watch(mocked(iam, 'staging'), claimant)).toMatchObject({ findings: [], unseen: [] });
  expect(iam.policy.length).toBe(30);
});

test('a claim that was removed or overwritten by hand is a finding, is written again, and restores nothing', async () => {
  for (const text of [undefined, 'mine', 'active / none / none', 'active / length=x / none', 'active / a / b / c']) {
    const iam = newIam({ ...byDefault, length: 9 });
    const claimant = claimantOf('staging');
    await establish(mocked(iam, 'staging'), claimant, true);
    if (text === undefined) iam.tags.delete('staging');
    else iam.tags.set('staging', text);
    expect((await watch(mocked(iam, 'staging'), claimant)).findings.map(({ id }) => id)).toEqual(['claim']);
    expect(await giveUp(mocked(iam, 'staging'), claimant)).toBe('former state unknown');
    expect(iam.policy).toEqual(claimant.demanded);
  }
});

test('a record is read as it was written, and any other text is refused', () => {
  fc.assert(
    fc.property(anyPolicy, anyFigures, (former, figures) => {
      expect(readRecord(recordOf(former))).toEqual(former);
      const claim: Claim = { state: 'leaving', demanded: figures, former };
      const text = passwordClaims.text(claim);
      expect(passwordClaims.read(text)).toEqual(claim);
      // "Tagging IAM resources": 256 letters, digits, spaces and _ . : / = + - @.
      expect(text).toMatch(/^[\w .:/=+@-]{1,256}$/);
    }),
    { numRuns: 500, seed },
  );
  expect(() => readRecord('length=14')).toThrow(
    'record of the password policy: expected none or figures, got "length=14"; correct the tag',
  );
});

test('the request sets every figure of the policy, as IAM returns it', () => {
  fc.assert(
    fc.property(anyFigures, (figures) => expect(figuresOf({ ...requestFor(figures), ExpirePasswords: figures.age > 0 })).toEqual(figures)),
    { numRuns: 500, seed },
  );
  expect(figuresOf(undefined)).toBeUndefined();
});

test('a stronger figure stays where another one is corrected', async () => {
  const iam = newIam(undefined);
  const account = mocked(iam, 'one');
  await establish(account, claimantOf('one'), true);
  set(iam, { ...demanded(30, 60, 24), symbols: 0 });
  expect((await watch(account, claimantOf('one'))).findings.map(({ id }) => id)).toEqual(['drift::symbols']);
  expect(iam.policy).toEqual(demanded(30, 60, 24));
});
