// The ledger finds each hit that is missing, doubled or stored although it was refused.
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

test('hits that were answered and are stored are whole, beyond the initial size', () => {
  const ledger = ledgerOf(200_000);
  expect(ledger.compare()).toEqual({ answered: 200_000, stored: 200_000, lost: 0, unanswered: 0, refused: 0, doubled: 0 });
  expect(wholeOf(ledger)).toBe(true);
});

test('a hit that was answered and is not stored is lost', () => {
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

test('a hit that was refused and is stored is found', () => {
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

test('a run whose hits were all turned away proves nothing; a run without hits is whole', () => {
  const ledger = new Ledger();
  ledger.note([0, 1], fate.refused);
  expect(isWhole({ ...ledger.compare(), drained: true, incidents: 0, sent: { ...none, turnedAway: 2 } })).toBe(false);
  expect(isWhole({ ...new Ledger().compare(), drained: true, incidents: 0, sent: none })).toBe(true);
});
