// The parts of the challenges make the whole in its order.
import { type Challenged, joinParts } from '../../../../tools/develop/challenge/parts';
import { type ChallengeOutcome, resultOf } from '../../../../tools/develop/challenge/run';

const outcome = (title: string): ChallengeOutcome => ({ ...{ clause: 'TOM-3.1', kind: 'J', title, elsewhere: [] }, rule: 'a' });
const missed = (title: string): ChallengeOutcome => ({ clause: 'TOM-3.1', kind: 'J', title, elsewhere: [] });
const part = (outcomes: readonly ChallengeOutcome[], titles: readonly string[]): Challenged => ({
  sets: [resultOf('first', outcomes)],
  honest: titles.map((title) => ({ title, lines: 0, findings: [] })),
});

test('outcomes are in the order of the set, and counted together', () => {
  const parts = [part([outcome('1'), outcome('3')], ['a', 'c']), part([missed('2')], ['b'])];
  const { sets, honest } = joinParts(parts);
  expect(sets).toEqual([resultOf('first', [outcome('1'), missed('2'), outcome('3')])]);
  expect(sets[0]).toMatchObject({ all: 3, objected: 2 });
  expect(honest.map(({ title }) => title)).toEqual(['a', 'b', 'c']);
});

test('one part is the whole', () => {
  const whole = part([outcome('1'), missed('2')], []);
  expect(joinParts([whole])).toEqual(whole);
});
