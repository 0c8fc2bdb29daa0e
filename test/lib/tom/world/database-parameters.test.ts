import { clusterParameters } from '../../../../lib/database/parameters';
import { clauseIds } from '../../../../lib/tom/clause-id';
import { allowedValues, familyParameters } from '../../../../lib/tom/template/database-parameters';
import { databaseParameters } from '../../../../lib/tom/world/database-parameters';

test('each parameter serves a clause, with a value that RDS admits', () => {
  for (const { name, value, clauses, reason } of databaseParameters) {
    expect(familyParameters).toContain(name);
    expect(value).toMatch(allowedValues[name] ?? /^(?!)/);
    expect(clauses.length).toBeGreaterThan(0);
    for (const clause of clauses) expect(clauseIds).toContain(clause);
    expect(reason).not.toBe('');
  }
});

test('the cluster has exactly these', () => {
  expect(Object.fromEntries(databaseParameters.map(({ name, value }) => [name, value]))).toEqual(clusterParameters);
});
