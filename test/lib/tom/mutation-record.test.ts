// The record of the last complete mutation run is that of this state of the code.
import { clauseIds } from '../../../lib/tom/clause-id';
import { currentRecord } from '../../../lib/tom/mutation-record';

test('the record is current; otherwise run npm run mutate -- --record', () => {
  expect(currentRecord()).toBeDefined();
});

test('its clauses are those of the register, each with mutants', () => {
  const { clauses = {} } = currentRecord() ?? {};
  expect(Object.keys(clauses).filter((id) => !(clauseIds as readonly string[]).includes(id))).toEqual([]);
  expect(Object.values(clauses).filter((mutants) => mutants < 1)).toEqual([]);
});
