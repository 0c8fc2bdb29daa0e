import { clauseMetadataKey } from '../../../lib/labels/labels';
import type { Choice } from './account-stack';
import { collectionStack } from './collection-stack';
import { findingsOf } from './findings';

const choices: Choice[] = [{}, { site: 'recovery' }, { environment: 'staging' }, { environment: 'development' }];

describe.each(choices)('the collection stack of $environment at $site', (choice) => {
  const { stack, template } = collectionStack(choice);

  test('holds no customer data: stream and buckets are in the data stack', () => {
    for (const type of ['AWS::Kinesis::Stream', 'AWS::S3::Bucket', 'AWS::KMS::Key', 'AWS::RDS::DBCluster'])
      template.resourceCountIs(type, 0);
  });

  test('labels each resource with its clauses', () => {
    const resources = template.toJSON().Resources as Record<string, { Metadata?: Record<string, unknown> }>;
    for (const [id, { Metadata }] of Object.entries(resources)) {
      expect([id, Metadata?.[clauseMetadataKey]]).toEqual([id, expect.arrayContaining([expect.stringMatching(/^(TOM|DSS)-/)])]);
    }
  });

  test('answers for every finding of the rule packs, and for nothing that none of them finds', () => {
    const { found, acknowledged } = findingsOf(stack);
    expect(found).toEqual(acknowledged);
  });
});

test('recovered, it does not name the home region', () => {
  expect(JSON.stringify(collectionStack({ site: 'recovery' }).template.toJSON())).not.toContain('eu-west-3');
});

test('every alarm notifies the topic, when it begins and when it is over', () => {
  // One is not for people: it scales the fleet.
  const all = Object.entries(collectionStack().template.findResources('AWS::CloudWatch::Alarm'));
  const alarms = all.filter(([id]) => !id.startsWith('CollectorsScaling')).map(([, alarm]) => alarm);
  expect(alarms).toHaveLength(all.length - 1);
  expect(alarms.length).toBeGreaterThanOrEqual(8);
  for (const { Properties } of alarms) {
    const topic = [{ 'Fn::ImportValue': expect.stringMatching(/^example-account:ExportsOutputRefAlarms/) }];
    expect(Properties).toMatchObject({
      AlarmActions: topic,
      OKActions: topic,
      AlarmDescription: expect.stringMatching(/Severity: (?:page|ticket)/),
    });
  }
});

test('the database, stream and buckets are there before it', () => {
  const { app, stack } = collectionStack();
  app.synth();
  expect(stack.dependencies.map(({ stackName }) => stackName).sort()).toEqual(
    expect.arrayContaining(['example-account', 'example-data', 'example-network']),
  );
});
