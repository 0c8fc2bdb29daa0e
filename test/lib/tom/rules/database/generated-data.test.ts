import { generatedData } from '../../../../../lib/tom/rules/database/generated-data';
import { answers, changed, type Resources, resource } from '../example';
import { database } from './example-database';

const data = resource('Custom::GeneratedData', {});
const told = (ENVIRONMENT: string) => changed(database, 'Migrate', { Environment: { Variables: { ENVIRONMENT } } });
const verdict = (resources: Resources, id: string, environment: 'production' | 'staging' = 'production') =>
  answers(generatedData, resources, { environment })[id];

test('production without generated data complies, and with it does not', () => {
  expect(verdict(database, 'Cluster')).toBe('compliant');
  expect(verdict({ ...database, Data: data }, 'Data')).toEqual(['production']);
});

test('staging without generated data does not, and with it complies', () => {
  expect(verdict(told('staging'), 'Cluster', 'staging')).toEqual(['absent']);
  const filled = { ...told('staging'), Data: data };
  expect([verdict(filled, 'Cluster', 'staging'), verdict(filled, 'Data', 'staging')]).toEqual(['compliant', 'compliant']);
});

test('the variable of a function names the environment', () => {
  expect(verdict(database, 'Migrate')).toBe('compliant');
  expect(verdict(told('staging'), 'Migrate')).toEqual(['environment']);
  expect(verdict(told('production'), 'Migrate', 'staging')).toEqual(['environment']);
  expect(verdict(database, 'Export')).toBe('not-applicable');
});

test('production has no function that makes data', () => {
  const generator = changed(database, 'Migrate', { Environment: { Variables: { ENVIRONMENT: 'production', HITS_PER_SITE: '1' } } });
  expect(verdict(generator, 'Migrate')).toEqual(['generator']);
});
