// The mutations of a resource reach every property and every kind.
import { Assembly, valueAt } from '../../../../lib/tom/template/assembly';
import { renderText } from '../../../../lib/tom/template/texts';
import { type Mutation, type MutationKind, mutationsOf } from '../../../../tools/develop/mutate/everything';
import type { Subject } from '../../../../tools/develop/mutate/mutants';
import { everyType } from '../../../../tools/develop/mutate/service-specification';
import { att, facts, resource, stack } from '../../../lib/tom/rules/example';

const example = stack({
  Alarm: resource(
    'AWS::CloudWatch::Alarm',
    {
      TreatMissingData: 'breaching',
      AlarmDescription: 'Full.\nEmpty it.',
      Threshold: 3,
      ActionsEnabled: true,
      AlarmActions: [{ Ref: 'Topic' }, { 'Fn::ImportValue': 'topic' }],
      Dimensions: [{ Name: 'Queue', Value: att('Key') }],
    },
    { Metadata: { 'aws:cdk:path': 'production/example/Alarm' } },
  ),
  Key: resource('AWS::KMS::Key'),
  OtherKey: resource('AWS::KMS::Key'),
  Topic: resource('AWS::SNS::Topic'),
  Endpoint: resource('AWS::EC2::VPCEndpoint', { VpcEndpointType: 'Interface' }),
});
const account = stack(
  {},
  {
    name: 'production-account',
    template: {
      Resources: { Other: resource('AWS::SNS::Topic') },
      Outputs: { Topic: { Value: { Ref: 'Other' }, Export: { Name: 'topic' } } },
    },
  },
);
const subject: Subject = { label: 'example', assembly: new Assembly(facts, [account, example]) };

function mutationsFor(id: string): readonly Mutation[] {
  const found = subject.assembly.resource('production-example', id);
  if (!found) throw new Error(`expected ${id}`);
  return [...mutationsOf(found, subject)];
}

const texts = (mutations: readonly Mutation[]): readonly string[] => mutations.map(({ kind, path }) => `${kind} ${path.join('.')}`);

test.each<[MutationKind, string]>([
  ['removed', 'Properties.Threshold'],
  ['emptied', 'Properties.AlarmActions'],
  ['lowest number', 'Properties.Threshold'],
  ['highest number', 'Properties.Threshold'],
  ['other allowed value', 'Properties.ActionsEnabled'],
  ['text before', 'Properties.TreatMissingData'],
  ['text inside', 'Properties.TreatMissingData'],
  ['text after', 'Properties.Dimensions.0.Name'],
  ['seam', 'Properties.AlarmActions.0'],
  ['output elsewhere', 'Properties.AlarmActions.1'],
  ['parameter', 'Properties.AlarmActions.0'],
  ['import', 'Properties.TreatMissingData'],
  ['stranger', 'Properties.Dimensions.0.Value'],
  ['other resource of the type', 'Properties.Dimensions.0.Value'],
  ['further element', 'Properties.Dimensions'],
  ['further property', 'Properties.DatapointsToAlarm'],
  ['further property', 'DependsOn'],
  ['further property', 'Metadata.cdk_nag'],
  ['text inside', 'Metadata.aws:cdk:path'],
  ['line removed', 'Properties.AlarmDescription'],
  ['line changed', 'Properties.AlarmDescription'],
  ['line added', 'Properties.AlarmDescription'],
])('%s of %s', (kind, path) => {
  expect(texts(mutationsFor('Alarm'))).toContain(`${kind} ${path}`);
});

test('other values come from the schema of the type', () => {
  const values = mutationsFor('Endpoint').filter(({ kind }) => kind === 'other allowed value');
  expect(values.length).toBeGreaterThan(2);
});

test('an output elsewhere is one in another region, and one by a role', () => {
  const outputs = mutationsFor('Alarm')
    .filter(({ kind }) => kind === 'output elsewhere')
    .map(({ json }) => valueAt(json, 'Properties.AlarmActions.1.Fn::GetStackOutput'));
  expect(outputs).toEqual([
    { StackName: 'production-account', OutputName: 'Topic', Region: 'ap-south-2' },
    { StackName: 'production-account', OutputName: 'Topic', RoleArn: 'arn:aws:iam::999999999999:role/stranger' },
  ]);
});

test('the parts of a seam are literal, and their join has the notation of the reference', () => {
  const seams = mutationsFor('Alarm').filter(({ kind, path }) => kind === 'seam' && path.at(-1) === '0');
  const values = seams.map(({ json }) => valueAt(json, 'Properties.AlarmActions.0'));
  expect(values.map((value) => renderText(value))).toEqual(values.map(() => '${example/Topic}'));
  expect(values).toHaveLength(3);
  expect(JSON.stringify(values)).not.toContain('"Ref"');
});

test('the resource as a whole is removed once', () => {
  expect(mutationsFor('Key').filter(({ json }) => json === undefined)).toHaveLength(1);
});

test('no mutation equals the resource', () => {
  for (const id of ['Alarm', 'Endpoint']) {
    const original = JSON.stringify(subject.assembly.resource('production-example', id)?.json);
    expect(mutationsFor(id).filter(({ json }) => JSON.stringify(json) === original)).toEqual([]);
  }
});

test('the specification has more than a thousand types', () => {
  expect(everyType().length).toBeGreaterThan(1000);
  expect(everyType()).toContain('AWS::S3::Bucket');
});
