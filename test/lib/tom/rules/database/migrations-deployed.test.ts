import { migrationsDeployed } from '../../../../../lib/tom/rules/database/migrations-deployed';
import { Assembly, type ResourceJson } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, facts, type Resources, resource, stack, without } from '../example';
import { database } from './example-database';

const says = (resources: Resources, id: string) => answers(migrationsDeployed, resources)[id];
const unordered: Resources = { ...database, Export: { ...(database.Export as ResourceJson), DependsOn: [] } };

test('the database complies', () => {
  expect([says(database, 'Cluster'), says(database, 'Export'), says(database, 'Targets')]).toEqual(['compliant', 'compliant', 'compliant']);
  expect(says(database, 'Rotate')).toBe('not-applicable');
});

test.each<[string, Resources]>([
  ['no migrations', without(database, 'Schema')],
  ['migrations of another database', changed(database, 'Schema', { Database: 'other' })],
  ['migrations that do not run again', changed(database, 'Schema', { Checksum: 'latest' })],
  ['migrations by a function from elsewhere', changed(database, 'Schema', { ServiceToken: 'arn:aws:lambda:x' })],
  ['two runs at once', changed(database, 'Migrate', { ReservedConcurrentExecutions: 2 })],
])('%s does not', (_, resources) => {
  expect(says(resources, 'Cluster')).toEqual(['migrations']);
});

test('a function that does not wait for the schema does not, unless the resource that calls it does', () => {
  expect(says(unordered, 'Export')).toEqual(['order']);
  const caller = resource('Custom::GeneratedData', { ServiceToken: att('Export') }, { DependsOn: 'Schema' });
  expect(says({ ...unordered, Data: caller }, 'Export')).toBe('compliant');
});

test('a proxy that leads to the cluster before it has its schema does not', () => {
  expect(says({ ...database, Targets: { ...(database.Targets as ResourceJson), DependsOn: ['Writer'] } }, 'Targets')).toEqual(['targets']);
});

test('a function of another stack waits for the whole stack with the schema, where that tells it the host', () => {
  const imported = (Value: string) =>
    resource('AWS::Lambda::Function', { Environment: { Variables: { DATABASE_HOST: { 'Fn::ImportValue': Value } } } });
  const { name, region, template } = stack(database, { name: 'production-data' });
  const Outputs = { Host: { Value: att('Proxy', 'Endpoint'), Export: { Name: 'host' } } };
  const data = { name, region, template: { ...template, Outputs } };
  const says2 = (host: string) => answers(migrationsDeployed, new Assembly(facts, [data, stack({ Ingest: imported(host) })])).Ingest;
  expect(says2('host')).toBe('compliant');
  expect(says2('elsewhere')).toEqual(['order']);
  const without2 = { ...data, template: { Resources: without(database, 'Schema'), Outputs } };
  expect(answers(migrationsDeployed, new Assembly(facts, [without2, stack({ Ingest: imported('host') })])).Ingest).toEqual(['order']);
});
