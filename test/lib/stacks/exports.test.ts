// Exports between stacks: an export that another stack imports can be neither changed nor deleted ("in use by").
import { Template } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib/core';
import { buildDeployment } from '../../../lib/deployment';
import { appWithFlags, type Choice, siteFor } from './account-stack';

const snapshot = 'arn:aws:rds:eu-west-3:111111111111:cluster-snapshot:awsbackup:job-1';

interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}
interface StackTemplate {
  readonly Resources: Record<string, Resource>;
  readonly Outputs?: Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>;
}

/** Every template of a deployment, by the name of its stack. */
function templatesOf(choice: Choice): Record<string, StackTemplate> {
  const app = appWithFlags();
  buildDeployment(app, siteFor(choice));
  const stacks = app.node.children.filter((child): child is Stack => child instanceof Stack);
  return Object.fromEntries(stacks.map((stack) => [stack.stackName, Template.fromStack(stack).toJSON() as unknown as StackTemplate]));
}

/** Exports of a stack as `<logical id>.<attribute>`, or the logical id alone for what `Ref` gives. */
function exportsOf({ Outputs = {} }: StackTemplate): string[] {
  return Object.values(Outputs)
    .filter(({ Export }) => Export !== undefined)
    .map(({ Value }) => {
      const { Ref: ref, 'Fn::GetAtt': attribute } = Value as { readonly Ref?: string; readonly 'Fn::GetAtt'?: readonly string[] };
      return ref ?? attribute?.join('.') ?? JSON.stringify(Value);
    })
    .sort();
}

const whole: Choice = {};
const restored: Choice = { settings: { data: { restoreFrom: { home: snapshot } } } };
const before = templatesOf(whole);
const after = templatesOf(restored);

/**
 * The whole list. Add to it freely. To take one away or to change it, first deploy the importing stack without it (the
 * CDK's `exportValue` keeps an export meanwhile), then the exporting one.
 */
const pinned: Record<string, readonly string[]> = {
  access: [],
  account: [
    ...['Alarms04B5A0BF', 'AuditArchive60EBC247.Arn', 'AuditKeyB2DBB069.Arn', 'DeploymentKey789843F6.Arn', 'EdgeLogLanding5A3A6E6A'],
    'BackupsKeyD4DFD2DB.Arn',
    'EdgeLogRedactionFunction2BBA8508',
    'EnvironmentsFunctionF6875E7A',
  ],
  backup: [],
  recovery: [],
  network: [
    'Vpc8378EB38',
    ...['functionsSubnet1SubnetAA838064', 'functionsSubnet2SubnetC5D7E58E', 'functionsSubnet3Subnet424CD5FC'].map((id) => `Vpc${id}`),
    ...['isolatedSubnet1SubnetE62B1B9B', 'isolatedSubnet2Subnet39217055', 'isolatedSubnet3Subnet44F2537D'].map((id) => `Vpc${id}`),
    ...['privateSubnet1SubnetCEAD3716', 'privateSubnet2Subnet2DE7549C', 'privateSubnet3SubnetA5AC68D9'].map((id) => `Vpc${id}`),
    ...['publicSubnet1Subnet2BB74ED7', 'publicSubnet2SubnetE34B022A', 'publicSubnet3SubnetDFEF064A'].map((id) => `Vpc${id}`),
  ],
  data: [
    'AccessSecurityGroupBEC1BC13.GroupId',
    'ArchiveDA4CB258.Arn',
    'ContextKeyEAD3712C',
    'DataKey17AFBB84.Arn',
    'DeadLettersBBF8BAAB',
    'DeadLettersBBF8BAAB.Arn',
    'FirstDatapointsFunctionD605DA60.Arn',
    'HitsFF5AF8CD',
    'HitsFF5AF8CD.Arn',
    'ProxyA6897D5D.DBProxyArn',
    'ProxyA6897D5D.Endpoint',
    'Settings1CCB6159',
    'Settings1CCB6159.Arn',
  ],
  edge: ['LoadBalancerHttps0C5C99D2', 'Proxies733DC748.GroupId'],
  collection: [],
};

test.each(Object.entries(pinned))('the %s stack exports exactly the pinned values', (stack, expected) => {
  expect(exportsOf(before[`example-${stack}`] as StackTemplate)).toEqual([...expected].sort());
});

test('every stack is in the list', () => {
  expect(Object.keys(before).sort()).toEqual(
    Object.keys(pinned)
      .map((stack) => `example-${stack}`)
      .sort(),
  );
});

describe('a restore in place', () => {
  test('changes no export, in name or value', () => {
    const outputs = (templates: Record<string, StackTemplate>) =>
      Object.fromEntries(Object.entries(templates).map(([name, { Outputs = {} }]) => [name, Outputs]));
    expect(outputs(after)).toEqual(outputs(before));
  });

  test('changes no exported resource: a changed property could replace it or change its value', () => {
    for (const [name, template] of Object.entries(before)) {
      for (const id of exportsOf(template).map((exported) => exported.split('.')[0] ?? '')) {
        expect([name, id, after[name]?.Resources[id]?.Properties]).toEqual([name, id, template.Resources[id]?.Properties]);
      }
    }
  });

  test('changes only the cluster, its logs, what names it in the backups, and the admission to the account', () => {
    const changed = Object.entries(before).flatMap(([name, { Resources }]) => {
      const now = after[name]?.Resources ?? {};
      const ids = new Set([...Object.keys(Resources), ...Object.keys(now)]);
      return [...ids].filter((id) => JSON.stringify(Resources[id]) !== JSON.stringify(now[id])).map((id) => [name, now[id]?.Type]);
    });
    expect(changed).toEqual([
      // It changes with every template. (TOM-7.3)
      ['example-account', 'Custom::AccountEnvironments'],
      ['example-data', 'AWS::Logs::LogGroup'],
      ['example-data', 'AWS::Logs::LogGroup'],
      ['example-data', 'AWS::RDS::DBCluster'],
      // The watch over its backups, and their restore test, name the cluster.
      ['example-backup', 'AWS::Lambda::Function'],
      ['example-backup', 'AWS::Backup::RestoreTestingSelection'],
    ]);
  });
});
