// One law of retention for every declared log group.
import type { DeploymentFacts } from '../../../../lib/tom/template/assembly';
import { logGroupType } from '../../../../lib/tom/template/resource-types';
import { declarations } from '../../../../lib/tom/world/all';
import { contextOf, type Declared, declaredResources } from '../../../../lib/tom/world/declaration';
import { logDeliveryDeclarations } from '../../../../lib/tom/world/log-delivery';
import { assemblyOf, facts, resource } from '../rules/example';

/** Paths of the deviations of a value from a declaration of the deployment. */
function deviatingPaths(declared: Declared, value: object, changed: Partial<DeploymentFacts>): readonly string[] {
  const assembly = assemblyOf({ A: resource(declared.declaration.type) }, changed);
  const [judged] = assembly.resources;
  if (judged === undefined) throw new Error('expected a resource, got none');
  const context = contextOf(declared, judged, { assembly });
  return declared.declaration.form.deviations({ value: value as never, path: '', context }).map(({ path }) => path);
}

const groups = [...declaredResources(declarations, facts).values()].filter(({ declaration }) => declaration.type === logGroupType);
const retained = (logRetentionDays: number) => ({
  settings: { ...facts.settings, audit: { ...facts.settings.audit, logRetentionDays: logRetentionDays as never } },
});

test('there are as many log groups as functions, and more', () => {
  expect(groups.length).toBeGreaterThan(15);
});

/** Whole addresses are kept 90 days, whatever the configuration. (TOM-4.13) */
const fixed = 'edge/FirewallLog';

test.each(groups.filter(({ name }) => name !== fixed).map((group) => [group.name, group] as const))(
  '%s has the retention of the configuration, at least 90 days',
  (_, group) => {
    const found = (RetentionInDays: number, configured: number) =>
      deviatingPaths(group, { Properties: { RetentionInDays } }, retained(configured)).includes('Properties.RetentionInDays');
    expect([found(90, 90), found(400, 400), found(400, 90), found(30, 30)]).toEqual([false, false, true, true]);
  },
);

test('the log of the web application firewall is kept 90 days', () => {
  const group = groups.find(({ name }) => name === fixed);
  if (group === undefined) throw new Error(`expected ${fixed}, got no such log group`);
  const found = (RetentionInDays: number) =>
    deviatingPaths(group, { Properties: { RetentionInDays } }, retained(400)).includes('Properties.RetentionInDays');
  expect([found(89), found(90), found(400)]).toEqual([true, false, true]);
});

test.each(groups.map((group) => [group.name, group] as const))('production alone retains %s', (_, group) => {
  const found = (DeletionPolicy: string, environment: DeploymentFacts['environment']) =>
    deviatingPaths(group, { DeletionPolicy }, { environment }).includes('DeletionPolicy');
  expect([found('RetainExceptOnCreate', 'production'), found('Delete', 'production')]).toEqual([false, true]);
  expect([found('RetainExceptOnCreate', 'staging'), found('Delete', 'staging')]).toEqual([true, false]);
});

test('the logs of the firewalls that production always has are delivered, whatever its settings', () => {
  const settings = { ...facts.settings, network: { ...facts.settings.network, firewall: false } };
  const delivery = declaredResources(logDeliveryDeclarations, facts).get('network/LogDeliveryResourcePolicy');
  if (delivery === undefined) throw new Error('expected the delivery policy of the network, got none');
  const complies = (ids: readonly string[], environment: DeploymentFacts['environment']): boolean => {
    const arns = ids.map((id) => `\${network/${id}.Arn}`);
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [admitting(arns.length === 1 ? arns[0] : arns)] });
    return !deviatingPaths(delivery, { Properties: { PolicyDocument } }, { settings, environment }).some((path) =>
      path.includes('Document'),
    );
  };
  const all = ['DnsQueries', 'FirewallAlerts', 'FirewallFlows'];
  expect([complies(all, 'production'), complies(['DnsQueries'], 'production')]).toEqual([true, false]);
  expect([complies(all, 'staging'), complies(['DnsQueries'], 'staging')]).toEqual([false, true]);
});

const admitting = (Resource: unknown) => ({
  Effect: 'Allow',
  Principal: { Service: 'delivery.logs.amazonaws.com' },
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource,
  Condition: {
    StringEquals: { 'aws:SourceAccount': '${AWS::AccountId}' },
    ArnLike: { 'aws:SourceArn': 'arn:aws:logs:eu-west-3:${AWS::AccountId}:*' },
  },
});
