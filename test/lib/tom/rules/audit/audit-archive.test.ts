import { auditArchive } from '../../../../../lib/tom/rules/audit/audit-archive';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, att, changed, join, type Resources, ref, resource, without } from '../example';
import { audit, exports, noDeletion, onlyServicesWrite, onlyTheExportMarks } from './example-audit';

const says = (resources: Resources, facts = {}) => answers(auditArchive, resources, facts).Archive;
const withStatements = (...Statement: JsonObject[]) => changed(audit, 'ArchivePolicy', { PolicyDocument: { Statement } });
const withPolicy = (...statements: JsonObject[]) => withStatements(onlyServicesWrite, onlyTheExportMarks, ...exports, ...statements);
const [, exportOfSessions = {}] = exports;
const withExport = (changes: JsonObject) =>
  withStatements(noDeletion, onlyServicesWrite, onlyTheExportMarks, { ...exportOfSessions, ...changes });
const own = { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } };
const lock = (Mode: string, Days: Json) =>
  changed(audit, 'Archive', { ObjectLockConfiguration: { Rule: { DefaultRetention: { Mode, Days } } } });

test('an archive that is locked, versioned, retained and cannot be emptied complies', () => {
  expect(says(audit)).toBe('compliant');
});

test('other buckets are not applicable, and without a trail there is no archive', () => {
  expect(answers(auditArchive, { ...audit, Other: resource('AWS::S3::Bucket') }).Other).toBe('not-applicable');
  expect(answers(auditArchive, without(audit, 'Trail')).deployment).toEqual(['absent']);
});

test.each<[string, Resources, string[]]>([
  ['is not locked', changed(audit, 'Archive', { ObjectLockEnabled: false }), ['Properties.ObjectLockEnabled']],
  [
    'has no versions',
    changed(audit, 'Archive', { VersioningConfiguration: { Status: 'Suspended' } }),
    ['Properties.VersioningConfiguration.Status'],
  ],
  ['is locked for too short', lock('COMPLIANCE', 364), ['retention']],
  ['is locked for a time that cannot be told', lock('COMPLIANCE', { Ref: 'Days' }), ['retention']],
  [
    'goes with its stack',
    { ...audit, Archive: { ...audit.Archive, Type: 'AWS::S3::Bucket', DeletionPolicy: 'Delete' } },
    ['DeletionPolicy'],
  ],
])('one that %s does not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

test('governance mode complies outside production', () => {
  expect(says(lock('GOVERNANCE', 400))).toEqual(['mode']);
  expect(says(lock('GOVERNANCE', 400), { environment: 'staging' })).toBe('compliant');
});

test('several statements can deny deletion', () => {
  const [a, ...rest] = noDeletion.Action as string[];
  expect(says(withPolicy({ ...noDeletion, Action: a as string }, { ...noDeletion, Action: rest }))).toBe('compliant');
});

const everything = ['s3:DeleteObject', 's3:DeleteObjectVersion', 's3:BypassGovernanceRetention', 's3:DeleteBucket'].map(
  (action) => `deletion::${action}`,
);

test.each<[string, JsonObject, string[]]>([
  ['under a condition', { ...noDeletion, Condition: { StringEquals: { 'aws:PrincipalTag/role': 'workload' } } }, everything],
  ['to one role', { ...noDeletion, Principal: { AWS: 'arn:aws:iam::111111111111:role/x' } }, everything],
  [
    'of objects alone',
    { ...noDeletion, Resource: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Archive', 'Arn'] }, '/*']] } },
    everything.slice(3),
  ],
  ['of the bucket alone', { ...noDeletion, Resource: { 'Fn::GetAtt': ['Archive', 'Arn'] } }, everything.slice(0, 3)],
  ['of current versions alone', { ...noDeletion, Action: ['s3:DeleteObject', 's3:DeleteBucket'] }, everything.slice(1, 3)],
])('a denial %s is not enough', (_, statement, ids) => {
  expect(says(withPolicy(statement))).toEqual(ids);
});

const exported = ['export::PolicyDocument.Statement.3'];

test.each<[string, JsonObject]>([
  ['of every log group of the account', { Condition: own }],
  [
    'of another log group',
    {
      Condition: {
        ...own,
        ArnLike: { 'aws:SourceArn': join('arn:aws:logs:eu-west-3:', ref('AWS::AccountId'), ':log-group:/rempart/production/*') },
      },
    },
  ],
  ['without its account', { Condition: { ArnLike: (exportOfSessions.Condition as JsonObject).ArnLike as Json } }],
  ['to the whole archive', { Resource: join(att('Archive'), '/*') }],
  ['that also reads', { Action: ['s3:PutObject', 's3:GetObject'] }],
  ['of another region', { Principal: { Service: 'logs.us-east-1.amazonaws.com' }, Condition: own }],
])('an export %s is not admitted', (_, changes) => {
  expect(says(withExport(changes))).toEqual(exported);
});

test('without an export, the archive denies all writes alike', () => {
  const { NotResource: _, ...denial } = onlyServicesWrite;
  expect(says(withStatements(noDeletion, { ...denial, Resource: join(att('Archive'), '/*') }))).toBe('compliant');
});

test.each<[string, JsonObject[], string[]]>([
  ['no denial of writes', [], ['writers', 'marks']],
  ['no denial of marks', [onlyServicesWrite], ['marks']],
  [
    'a denial of writes that excepts a folder',
    [{ ...onlyServicesWrite, NotResource: join(att('Archive'), '/sessions/*') }, onlyTheExportMarks],
    ['writers'],
  ],
  [
    'a denial of writes that excepts administrators',
    [
      {
        ...onlyServicesWrite,
        Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' }, ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/admin' } },
      },
      onlyTheExportMarks,
    ],
    ['writers'],
  ],
  [
    'marks of every role',
    [
      onlyServicesWrite,
      { ...onlyTheExportMarks, Condition: { Bool: { 'aws:PrincipalIsAWSService': 'false' }, ArnNotEquals: { 'aws:PrincipalArn': '*' } } },
    ],
    ['marks'],
  ],
  [
    'a denial of writes to one principal',
    [{ ...onlyServicesWrite, Principal: { AWS: 'arn:aws:iam::111111111111:role/x' } }, onlyTheExportMarks],
    ['writers'],
  ],
])('%s is not enough', (_, statements, ids) => {
  expect(says(withStatements(noDeletion, ...statements))).toEqual(ids);
});
