import { generatedData } from '../../../../../lib/tom/rules/database/generated-data';
import { answers, changed, type Resources, resource } from '../example';
import { database } from './example-database';

const data = resource('Custom::GeneratedData', {});
const told = (ENVIRONMENT: string) => changed(database, 'Migrate', { Environment: { Variables: { ENVIRONMENT } } });
const says = (resources: Resources, id: string, environment: 'production' | 'staging' = 'production') =>
  answers(generatedData, resources, { environment })[id];

test('production without generated data complies, and with it does not', () => {
  expect(says(database, 'Cluster')).toBe('compliant');
  expect(says({ ...database, Data: data }, 'Data')).toEqual(['production']);
});

test('staging without generated data does not, and with it complies', () => {
  expect(says(told('staging'), 'Cluster', 'staging')).toEqual(['absent']);
  const filled = { ...told('staging'), Data: data };
  expect([says(filled, 'Cluster', 'staging'), says(filled, 'Data', 'staging')]).toEqual(['compliant', 'compliant']);
});

test('a function is told what the deployment is for', () => {
  expect(says(database, 'Migrate')).toBe('compliant');
  expect(says(told('staging'), 'Migrate')).toEqual(['environment']);
  expect(says(told('production'), 'Migrate', 'staging')).toEqual(['environment']);
  expect(says(database, 'Export')).toBe('not-applicable');
});

test('production has no function that makes data', () => {
  const generator = changed(database, 'Migrate', { Environment: { Variables: { ENVIRONMENT: 'production', HITS_PER_SITE: '1' } } });
  expect(says(generator, 'Migrate')).toEqual(['generator']);
});
