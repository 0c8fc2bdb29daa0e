// Deployments share an account, or may not. Random sequences of deployments, rollbacks and deletions in two regions
// run against a stateful mock of IAM and EC2, with failures before and after each call, and are compared with a model.
import fc from 'fast-check';
import { BesideProductionError, enter, leave, type SharedAccount, watch } from '../../../../lambda/access/account-environments/keep';
import { claimOf, type MarkerClaim, markers } from '../../../../lambda/access/account-environments/marker';
import { besideProduction } from '../../../../lambda/access/account-environments/neighbours';
import { untilDone } from '../claimed-account';
import { boundaryOf, home, markerAt, mocked, newAccount, newcomerOf, type Place, recovery, releaseOf, Stack } from './shared-account';

const runs = 2000;
const seed = 73;

const places: readonly Place[] = ['production', 'staging', 'development', 'another'].flatMap((deployment) =>
  [home, recovery].map((region) => ({ deployment, region })),
);
const index = fc.integer({ min: 0, max: places.length - 1 });
const events = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('deploy' as const), at: index, fails: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), at: index }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('watch' as const), at: index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unmarked' as const), at: index }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('faults' as const),
      list: fc.array(fc.constantFrom('none' as const, 'before' as const, 'after' as const), { maxLength: 8 }),
    }),
  },
);

/** The environment of a deployment: that of its name, and production for the fourth. */
const environmentOf = ({ deployment }: Place): string => (deployment === 'another' ? 'production' : deployment);

test(`${runs} sequences (seed ${seed}): production is never beside another environment, and nothing that ended blocks a deployment`, async () => {
  let deployments = 0;
  let refusals = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(events, { minLength: 3, maxLength: 30, size: 'max' }), async (sequence) => {
      const account = newAccount();
      const stacks = places.map((place) => new Stack(account, place));
      const deployed = () => stacks.filter(({ release }) => release !== undefined);
      let isHidden = false;
      for (const [step, event] of sequence.entries()) {
        if (event.kind === 'faults') {
          account.faults.push(...event.list);
          continue;
        }
        const stack = stacks[event.at] as Stack;
        const { place } = stack;
        if (event.kind === 'deploy') {
          const isProduction = environmentOf(place) === 'production';
          const others = deployed().filter((other) => other.place.deployment !== place.deployment);
          const beside = others.filter(({ environment }) => (environment === 'production') !== isProduction);
          // A marker that was removed by hand hides a deployment from another region until its next watch.
          const isBeside = beside.some(
            (other) => markerAt(account, other.place) || place.region === home || other.place.region === recovery,
          );
          isHidden ||= beside.length > 0 && !isBeside;
          // An update without a marker may be a rollback, which is not refused.
          const mayReturn = stack.release !== undefined && markerAt(account, place)?.release === undefined;
          isHidden ||= isBeside && mayReturn;
          const outcome = await stack.deploy(environmentOf(place), releaseOf(step + 1), event.fails);
          deployments++;
          if (outcome === 'refused') refusals++;
          // The model: refused exactly beside production; a fault of AWS fails either.
          if (outcome !== 'failed') expect([step, outcome]).toEqual([step, isBeside && !mayReturn ? 'refused' : 'deployed']);
          if (isBeside && !mayReturn) expect(outcome).not.toBe('deployed');
        } else if (event.kind === 'delete') await stack.delete();
        else if (event.kind === 'unmarked') account.tags.delete(boundaryOf(place));
        else if (stack.release !== undefined) {
          const { findings } = await untilDone(async () => {
            const result = await stack.watch();
            if (result.unseen.length > 0) throw new Error(result.unseen.join());
            return result;
          });
          if (!isHidden) expect(findings.filter(({ id }) => id !== 'marker')).toEqual([]);
          expect(markerAt(account, place)?.environment).toBe(stack.environment);
        }
        const environments = new Set(deployed().map(({ environment }) => environment));
        if (!isHidden) expect(environments.has('production') && environments.size > 1).toBe(false);
        isHidden &&= environments.size > 1;
      }
      account.faults.length = 0;
      for (const stack of stacks) await stack.delete();
      expect([account.tags.size, account.vpcs.size]).toEqual([0, 0]);
    }),
    { numRuns: runs, seed },
  );
  console.info(`account environments: ${runs} sequences, seed ${seed}, ${deployments} deployments, ${refusals} of them refused`);
  expect(refusals).toBeGreaterThan(runs);
}, 120_000);

test.each([
  ['production', 'staging', [home, home]],
  ['staging', 'production', [home, home]],
  ['production', 'development', [home, recovery]],
  ['development', 'production', [recovery, home]],
  ['production', 'staging', [recovery, home]],
] as const)('%s, then %s: the second is refused, and admitted once the first is deleted', async (first, second, [one, other]) => {
  const account = newAccount();
  const former = new Stack(account, { deployment: first, region: one });
  const latter = new Stack(account, { deployment: second, region: other });
  expect(await former.deploy(first, releaseOf(1), false)).toBe('deployed');
  expect(await latter.deploy(second, releaseOf(1), false)).toBe('refused');
  expect(markerAt(account, latter.place)).toBeUndefined();
  expect(await former.deploy(first, releaseOf(2), false)).toBe('deployed');
  await former.delete();
  expect(await latter.deploy(second, releaseOf(2), false)).toBe('deployed');
});

test('staging beside development, and both sites of one deployment, are admitted', async () => {
  const account = newAccount();
  for (const deployment of ['staging', 'development']) {
    for (const region of [home, recovery]) {
      expect(await new Stack(account, { deployment, region }).deploy(deployment, releaseOf(1), false)).toBe('deployed');
    }
  }
});

test('a deployment may change its environment alone in its account, and a refused change keeps the former one', async () => {
  const account = newAccount();
  const stack = new Stack(account, { deployment: 'demo', region: home });
  await stack.deploy('staging', releaseOf(1), false);
  const other = new Stack(account, { deployment: 'development', region: home });
  await other.deploy('development', releaseOf(1), false);
  expect(await stack.deploy('production', releaseOf(2), false)).toBe('refused');
  expect(markerAt(account, stack.place)?.environment).toBe('staging');
  await other.delete();
  expect(await stack.deploy('production', releaseOf(3), false)).toBe('deployed');
  expect(markerAt(account, stack.place)?.environment).toBe('production');
});

test('of two deployments that begin at once, one at least is refused, and no marker remains of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), async (scheduler) => {
      const account = newAccount();
      const turn = () => scheduler.schedule(Promise.resolve());
      const begin = async (deployment: string) => {
        const place = { deployment, region: home };
        const shared = mocked(account, place, turn);
        try {
          return await enter(shared, newcomerOf(place, deployment), { release: releaseOf(1), before: undefined });
        } catch (error) {
          expect(error).toBeInstanceOf(BesideProductionError);
          await leave(shared);
          return 'refused';
        }
      };
      const outcomes = Promise.all(['production', 'staging'].map(begin));
      await scheduler.waitFor(outcomes);
      const admitted = (await outcomes).filter((outcome) => outcome === 'admitted').length;
      expect(admitted).toBeLessThanOrEqual(1);
      expect(account.tags.size).toBe(admitted);
    }),
    { numRuns: 1000, seed },
  );
}, 60_000);

test('the watch reports a deployment from before the control and a marker that was removed; later updates are refused', async () => {
  const account = newAccount();
  const production = new Stack(account, { deployment: 'production', region: home });
  await production.deploy('production', releaseOf(1), false);
  // It has no marker, and is in the other region.
  account.vpcs.set('vpc-old', { deployment: 'staging', environment: 'staging', region: recovery });
  account.tags.delete(boundaryOf(production.place));
  const { findings } = await production.watch();
  expect(findings).toMatchObject([
    { id: 'marker', found: 'no marker of this deployment' },
    { id: 'beside::vpc-old', resource: 'vpc-old in eu-central-1', found: 'staging in the account of production' },
  ]);
  // This update may be a rollback: its marker has no release.
  expect(await production.deploy('production', releaseOf(2), false)).toBe('deployed');
  expect(await production.deploy('production', releaseOf(3), false)).toBe('refused');
  expect(markerAt(account, production.place)).toMatchObject({ environment: 'production', release: releaseOf(2) });
});

test.each([1, 2])(
  'an update that fails after its admission returns to the release before, %s times, also beside production',
  async (times) => {
    const account = newAccount();
    const place = { deployment: 'production', region: home };
    const ask = (release: number, before: number) =>
      enter(mocked(account, place), newcomerOf(place, 'production'), { release: releaseOf(release), before: releaseOf(before) });
    await enter(mocked(account, place), newcomerOf(place, 'production'), { release: releaseOf(1), before: undefined });
    expect(await ask(2, 1)).toBe('admitted');
    account.vpcs.set('vpc-late', { deployment: 'staging', environment: 'staging', region: home });
    for (let time = 0; time < times; time++) expect(await ask(1, 2)).toBe('returned');
    await expect(ask(3, 1)).rejects.toThrow(
      'account of production: expected no other environment beside production, got staging at vpc-late in eu-west-3; ' +
        'set account in config/production.yaml to an account of its own, or delete the other deployment (TOM-7.3)',
    );
    expect(await ask(1, 3)).toBe('returned');
  },
);

test('a region or IAM that does not answer fails a deployment, and makes a watch incomplete', async () => {
  const account = newAccount();
  const stack = new Stack(account, { deployment: 'production', region: home });
  account.faults.push('none', 'before');
  expect(await stack.deploy('production', releaseOf(1), false)).toBe('failed');
  expect(account.tags.size).toBe(0);
  await stack.deploy('production', releaseOf(1), false);
  account.faults.push('before', 'none', 'before');
  expect((await stack.watch()).unseen).toEqual(['markers: Error: Throttling', 'VPCs in eu-central-1: Error: Throttling']);
});

test('a marker is read as it was written, fits into a tag, and any other text is none', () => {
  const release = fc.option(fc.integer({ min: 0 }).map(releaseOf), { nil: undefined });
  fc.assert(
    fc.property(fc.constantFrom('production', 'staging', 'development'), release, release, (environment, last, previous) => {
      const claim: MarkerClaim = { state: 'active', demanded: { environment, release: last, previous }, former: undefined };
      expect(markers.read(markers.text(claim))).toEqual(claim);
      expect(markers.text(claim)).toMatch(/^[\w .:/=+@-]{1,256}$/);
    }),
    { seed },
  );
  for (const text of ['', 'production', 'active / production / none', 'active / production 12 none / none']) {
    expect(markers.read(text)).toBeUndefined();
  }
});

test('a VPC without the name of its deployment counts as another one', () => {
  const sign = { deployment: undefined, environment: 'staging', resource: 'vpc-1 in eu-west-3' };
  expect(besideProduction('production', 'production', [sign])).toEqual([sign]);
  expect(besideProduction('development', 'development', [sign])).toEqual([]);
});

/** An account with a VPC of staging, and one marker. */
const withStaging = (more: Partial<SharedAccount> = {}): SharedAccount => ({
  regions: [home],
  vpcs: async () => [{ deployment: 'staging', environment: 'staging', resource: 'vpc-1 in eu-west-3' }],
  claims: async () => new Map(),
  claim: async () => undefined,
  release: async () => undefined,
  ...more,
});
const newcomer = {
  deployment: 'production',
  environment: 'production',
  boundary: 'arn:aws:iam::111111111111:policy/production-boundary-eu-west-3',
};

test('the refusal is the error, also where the marker cannot be removed again', async () => {
  const warned = jest.spyOn(console, 'warn').mockReturnValue();
  const account = withStaging({ release: () => Promise.reject(new Error('Throttling')) });
  await expect(enter(account, newcomer, { release: releaseOf(1), before: undefined })).rejects.toBeInstanceOf(BesideProductionError);
  expect(warned).toHaveBeenCalledWith(new Error('Throttling'));
  warned.mockRestore();
});

test('a marker of another environment is found and written again, with the releases that it has', async () => {
  const written: MarkerClaim[] = [];
  const marker = { environment: 'staging', release: releaseOf(1), previous: undefined };
  const account = withStaging({
    vpcs: async () => [],
    claims: async () => new Map([[newcomer.boundary, claimOf(marker)]]),
    claim: async (claim) => void written.push(claim),
  });
  expect((await watch(account, newcomer)).findings).toMatchObject([{ id: 'marker', found: 'a marker of staging' }]);
  expect(written).toEqual([claimOf({ ...marker, environment: 'production' })]);
});
