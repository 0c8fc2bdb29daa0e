import type { Choice } from './account-stack';
import { dataStack, resourcesOf } from './data-stack';
import { findingsOf } from './findings';

const choices: Choice[] = [
  {},
  { site: 'recovery' },
  { environment: 'staging' },
  { environment: 'development', settings: { data: { readers: 0 } } },
];

/** Types of which a new logical id would mean a new, empty one, or one that is lost. */
const holding = ['AWS::KMS::Key', 'AWS::RDS::DBCluster', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::Kinesis::Stream'];

describe.each(choices)('the data stack of $environment at $site', (choice) => {
  test('keeps the logical ids of resources that hold data', () => {
    expect(holding.map((type) => Object.keys(resourcesOf(choice, type)))).toEqual([
      ['DataKey17AFBB84'],
      ['DatabaseClusterC6094C50'],
      ['ArchiveDA4CB258', 'Uploads4F6EB0FD', 'DeadLettersBBF8BAAB', 'Settings1CCB6159'],
      ['ContextKeyEAD3712C'],
      ['HitsFF5AF8CD'],
    ]);
  });

  test('answers for every finding of the rule packs, and for nothing that none of them finds', () => {
    const { stack } = dataStack(choice);
    const { found, acknowledged } = findingsOf(stack);
    expect(found).toEqual(acknowledged);
  });
});

test('the database of a restored deployment has the same logical id, and another name', () => {
  const snapshot = 'arn:aws:rds:eu-west-3:111111111111:cluster-snapshot:awsbackup:job-1';
  const restored: Choice = { settings: { data: { restoreFrom: { home: snapshot } } } };
  const [[id, cluster] = []] = Object.entries(resourcesOf(restored, 'AWS::RDS::DBCluster'));
  expect(id).toBe('DatabaseClusterC6094C50');
  expect(cluster?.Properties.DBClusterIdentifier).toMatch(/^example-data-[0-9a-f]{8}$/);
});

test('recovered, it does not name the home region', () => {
  expect(JSON.stringify(dataStack({ site: 'recovery' }).template.toJSON())).not.toContain('eu-west-3');
});

test('production has no function and no resource that makes data; staging and development have', () => {
  expect(resourcesOf({}, 'Custom::GeneratedData')).toEqual({});
  expect(JSON.stringify(dataStack().template.toJSON())).not.toContain('GeneratedData');
  for (const choice of choices.slice(2)) expect(Object.keys(resourcesOf(choice, 'Custom::GeneratedData'))).toHaveLength(1);
});
