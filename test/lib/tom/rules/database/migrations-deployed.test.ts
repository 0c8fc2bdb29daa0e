import { migrationsDeployed } from '../../../../../lib/tom/rules/database/migrations-deployed';
import { Assembly, type ResourceJson } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, facts, type Resources, resource, stack, without } from '../example';
import { database } from './example-database';

const verdict = (resources: Resources, id: string) => answers(migrationsDeployed, resources)[id];
const unordered: Resources = { ...database, Export: { ...(database.Export as ResourceJson), DependsOn: [] } };

test('the database complies', () => {
  const verdicts = ['Cluster', 'Export', 'Targets'].map((id) => verdict(database, id));
  expect(verdicts).toEqual(['compliant', 'compliant', 'compliant']);
  expect(verdict(database, 'Rotate')).toBe('not-applicable');
});

test.each<[string, Resources]>([
  ['no migrations', without(database, 'Schema')],
  ['migrations of another database', changed(database, 'Schema', { Database: 'other' })],
  ['migrations that do not run again', changed(database, 'Schema', { Checksum: 'latest' })],
  ['migrations by a function from elsewhere', changed(database, 'Schema', { ServiceToken: 'arn:aws:lambda:x' })],
  ['two runs at once', changed(database, 'Migrate', { ReservedConcurrentExecutions: 2 })],
])('%s does not', (_, resources) => {
  expect(verdict(resources, 'Cluster')).toEqual(['migrations']);
});

test('a function that does not wait for the schema does not, unless the resource that calls it does', () => {
  expect(verdict(unordered, 'Export')).toEqual(['order']);
  const caller = resource('Custom::GeneratedData', { ServiceToken: att('Export') }, { DependsOn: 'Schema' });
  expect(verdict({ ...unordered, Data: caller }, 'Export')).toBe('compliant');
});

test('a proxy that reaches the cluster before its schema does not comply', () => {
  const Targets = { ...(database.Targets as ResourceJson), DependsOn: ['Writer'] };
  expect(verdict({ ...database, Targets }, 'Targets')).toEqual(['targets']);
});

test('a function of another stack waits for the stack of the schema if it imports the host', () => {
  const imported = (Value: string) =>
    resource('AWS::Lambda::Function', { Environment: { Variables: { DATABASE_HOST: { 'Fn::ImportValue': Value } } } });
  const { name, region, template } = stack(database, { name: 'production-data' });
  const Outputs = { Host: { Value: att('Proxy', 'Endpoint'), Export: { Name: 'host' } } };
  const data = { name, region, template: { ...template, Outputs } };
  const importing = (host: string) => answers(migrationsDeployed, new Assembly(facts, [data, stack({ Ingest: imported(host) })])).Ingest;
  expect(importing('host')).toBe('compliant');
  expect(importing('elsewhere')).toEqual(['order']);
  const without2 = { ...data, template: { Resources: without(database, 'Schema'), Outputs } };
  expect(answers(migrationsDeployed, new Assembly(facts, [without2, stack({ Ingest: imported('host') })])).Ingest).toEqual(['order']);
});
