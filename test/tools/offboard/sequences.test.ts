// Off-boardings that fail anywhere, against a model: a run after a failure completes it, nobody regains access, and
// nobody else loses any.
import * as fc from 'fast-check';
import { planOf, runSteps } from '../../../tools/offboard/step';
import { stepsOf } from '../../../tools/offboard/steps';
import type { Fault } from './account';
import { alice, everything, faultsOf, type Having, havings, leftOf, start, type World, watched, worldOf } from './leaver';

jest.setTimeout(120_000);

const surroundings = { now: () => start, pause: async () => undefined, progress: () => undefined };
const run = ({ places }: World) => runSteps(stepsOf(alice, places, surroundings.now), surroundings);
const reads = /^(?:Get|List|Describe)/;

async function completes(world: World): Promise<void> {
  world.account.fault = () => undefined;
  const results = await run(world);
  expect(results.filter(({ outcome }) => outcome !== 'done' && outcome !== 'nothing')).toEqual([]);
  expect(await leftOf(world)).toEqual([]);
  const changes = world.account.sent.length;
  const again = await run(world);
  expect(new Set(again.map(({ outcome }) => outcome))).toEqual(new Set(['nothing']));
  expect(world.account.sent.slice(changes).filter((call) => !reads.test(call))).toEqual([]);
}

test('a plan changes nothing', async () => {
  const world = await worldOf(everything);
  const before = await leftOf(world);
  const rows = await planOf(stepsOf(alice, world.places, surroundings.now), surroundings);
  expect(rows.filter(({ left }) => left.length === 0).map(({ step }) => step)).toEqual(['old-denials']);
  expect(world.account.sent.filter((call) => !reads.test(call))).toEqual([]);
  expect(await leftOf(world)).toEqual(before);
});

test('the users are denied everything before anything else changes', async () => {
  const world = await worldOf(everything);
  await run(world);
  expect(world.account.sent.filter((call) => !reads.test(call)).slice(0, 3)).toEqual(['PutUserPolicy', 'PutUserPolicy', 'PutRolePolicy']);
});

test('a run that ends at any call is completed by the next one', async () => {
  const whole = await worldOf(everything);
  await run(whole);
  const calls = whole.account.sent.length;
  let ended = 0;
  for (const [last, lost] of fc.sample(fc.tuple(fc.nat({ max: calls - 1 }), fc.boolean()), { numRuns: 60, seed: 13 })) {
    const world = await worldOf(everything);
    const broken = watched(world);
    let call = 0;
    // The process ends: no later call has an effect.
    world.account.fault = () => (call++ < last ? undefined : lost && call === last + 1 ? 'after' : 'before');
    const results = await run(world);
    expect(results.some(({ outcome }) => outcome === 'failed')).toBe(true);
    await completes(world);
    expect(broken).toEqual([]);
    ended++;
  }
  console.info(`${ended} runs of ${calls} calls ended at a call and were resumed`);
});

/** Faults of a run, by the number of the call. */
const faults: fc.Arbitrary<readonly Fault[]> = fc
  .array(fc.tuple(fc.nat({ max: 180 }), fc.constantFrom<Fault>('before', 'after')), { maxLength: 8 })
  .map((some) => Array.from({ length: 181 }, (_, call) => some.find(([at]) => at === call)?.[1]));

const endpointFaults = fc.array(fc.constantFrom('revocationList', 'importList', 'connections', 'terminate'), { maxLength: 3 });

test('random runs with throttling, lost answers and an endpoint that fails', async () => {
  let sequences = 0;
  const property = async (having: Having, runs: readonly (readonly Fault[])[], failing: readonly string[]): Promise<void> => {
    sequences++;
    const world = await worldOf(having);
    const broken = watched(world);
    const left = [...failing];
    world.vpn.endpoint.before = (call) => {
      if (left[0] !== call) return;
      left.shift();
      throw new Error(`${call} of the mock`);
    };
    for (const some of runs) {
      world.account.fault = faultsOf(some);
      const results = await run(world);
      const isComplete = results.every(({ outcome }) => outcome === 'done' || outcome === 'nothing');
      if (isComplete) expect(await leftOf(world)).toEqual([]);
      for (const { outcome, reason } of results) if (outcome === 'failed') expect(reason).toBeTruthy();
    }
    world.vpn.endpoint.before = () => undefined;
    await completes(world);
    expect(broken).toEqual([]);
  };
  await fc.assert(fc.asyncProperty(havings, fc.array(faults, { maxLength: 3 }), endpointFaults, property), { numRuns: 300, seed: 13 });
  console.info(`${sequences} random sequences of off-boardings`);
});
