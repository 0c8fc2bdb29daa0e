// The ledger: each hit that is missing, doubled or stored against what its sender was told is seen.
import { fate, Ledger } from '../../../../tools/twin/traffic/ledger';
import { isWhole } from '../../../../tools/twin/traffic/play';

const none = { requests: 0, refusedBad: 0, turnedAway: 0, broken: 0, wrong: 0, skipped: 0 };
const wholeOf = (ledger: Ledger) => isWhole({ ...ledger.compare(), drained: true, incidents: 0, sent: none });

function ledgerOf(answered: number): Ledger {
  const ledger = new Ledger();
  for (let hit = 0; hit < answered; hit++) {
    ledger.note([hit], fate.answered);
    ledger.find(hit);
  }
  return ledger;
}

test('all that was answered and is stored is whole, beyond the room it begins with', () => {
  const ledger = ledgerOf(200_000);
  expect(ledger.compare()).toEqual({ answered: 200_000, stored: 200_000, lost: 0, unanswered: 0, refused: 0, doubled: 0 });
  expect(wholeOf(ledger)).toBe(true);
});

test('one hit that was answered and is not stored is lost', () => {
  const ledger = ledgerOf(100);
  ledger.note([100], fate.answered);
  expect(ledger.compare()).toMatchObject({ answered: 101, stored: 100, lost: 1 });
  expect(wholeOf(ledger)).toBe(false);
});

test('a hit that is stored twice is doubled', () => {
  const ledger = ledgerOf(100);
  ledger.find(7);
  expect(ledger.compare()).toMatchObject({ stored: 100, doubled: 1 });
  expect(wholeOf(ledger)).toBe(false);
});

test('a hit that was refused and is stored all the same is seen', () => {
  const ledger = ledgerOf(100);
  ledger.note([100], fate.refused);
  ledger.find(100);
  expect(ledger.compare()).toMatchObject({ answered: 100, refused: 1 });
  expect(wholeOf(ledger)).toBe(false);
});

test('a hit without an answer may be stored or not', () => {
  const ledger = ledgerOf(100);
  ledger.note([100, 101], fate.unknown);
  ledger.find(101);
  expect(ledger.compare()).toMatchObject({ answered: 100, lost: 0, unanswered: 1 });
  expect(wholeOf(ledger)).toBe(true);
});

test('a wrong answer is not whole', () => {
  expect(isWhole({ ...ledgerOf(1).compare(), drained: true, incidents: 0, sent: { ...none, wrong: 1 } })).toBe(false);
});

test('where all hits were turned away, nothing was shown; where none were sent, nothing is wrong', () => {
  const ledger = new Ledger();
  ledger.note([0, 1], fate.refused);
  expect(isWhole({ ...ledger.compare(), drained: true, incidents: 0, sent: { ...none, turnedAway: 2 } })).toBe(false);
  expect(isWhole({ ...new Ledger().compare(), drained: true, incidents: 0, sent: none })).toBe(true);
});
