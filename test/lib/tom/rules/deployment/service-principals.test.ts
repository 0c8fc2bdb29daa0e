import { servicePrincipals } from '../../../../../lib/tom/rules/deployment/service-principals';
import type { Json, JsonObject } from '../../../../../lib/tom/template/assembly';
import { silentServices } from '../../../../../lib/tom/template/silent-services';
import { answers, att, join, ref, resource } from '../example';

const account = ref('AWS::AccountId');
const topic = resource('AWS::SNS::Topic');
const admit = (Service: Json, rest: JsonObject = {}): JsonObject => ({
  PolicyDocument: { Statement: [{ Effect: 'Allow', Principal: { Service }, Action: 's3:GetObject', Resource: '*', ...rest }] },
});
const verdict = (properties: JsonObject, type = 'AWS::S3::BucketPolicy') =>
  answers(servicePrincipals, { A: resource(type, properties), Topic: topic }).A;
const under = (operator: string, key: string, value: Json) => admit('sns.amazonaws.com', { Condition: { [operator]: { [key]: value } } });

test.each<[string, JsonObject]>([
  ['the account', under('StringEquals', 'aws:SourceAccount', account)],
  ['the account under another case', under('StringEquals', 'AWS:SourceAccount', account)],
  ['a resource of the deployment', under('ArnEquals', 'aws:SourceArn', ref('Topic'))],
  ['an ARN of the account', under('ArnLike', 'aws:SourceArn', join('arn:aws:sns:eu-west-3:', account, ':x-*'))],
  ['a denial', admit('sns.amazonaws.com', { Effect: 'Deny' })],
])('%s bounds a service', (_, properties) => {
  expect(['compliant', 'not-applicable']).toContain(verdict(properties));
});

test.each<[string, JsonObject]>([
  ['no condition', admit('sns.amazonaws.com')],
  ['another account', under('StringEquals', 'aws:SourceAccount', '999999999999')],
  ['one account of two', under('StringEquals', 'aws:SourceAccount', [account, '999999999999'])],
  ['no account', under('StringEquals', 'aws:SourceAccount', [])],
  ['an operator that passes without the key', under('StringEqualsIfExists', 'aws:SourceAccount', account)],
  ['all of no values', under('ForAllValues:StringEquals', 'aws:SourceAccount', account)],
  ['a denial turned round', under('StringNotEquals', 'aws:SourceAccount', account)],
  ['an ARN of any account', under('ArnLike', 'aws:SourceArn', 'arn:aws:sns:*:*:x')],
  ['an ARN of a parameter', under('ArnLike', 'aws:SourceArn', ref('Source'))],
  ['an unresolved import', under('ArnLike', 'aws:SourceArn', { 'Fn::ImportValue': 'elsewhere' })],
  ['a wildcard', under('ArnLike', 'aws:SourceArn', '*')],
])('%s does not', (_, properties) => {
  expect(verdict(properties)).toEqual(['source::sns.amazonaws.com']);
});

test('each service of a list is judged, and an unreadable name too', () => {
  expect(verdict(admit(['sns.amazonaws.com', 'sqs.amazonaws.com']))).toHaveLength(2);
  expect(verdict(admit(ref('Service')))).toHaveLength(1);
});

test('a policy as text is read', () => {
  const text = JSON.stringify(admit('es.amazonaws.com').PolicyDocument);
  expect(verdict({ PolicyDocument: text }, 'AWS::Logs::ResourcePolicy')).toEqual(['source::es.amazonaws.com']);
});

test.each<[string, JsonObject, boolean]>([
  ['the account', { SourceAccount: account }, true],
  ['a resource', { SourceArn: ref('Topic') }, true],
  ['a bucket without its account', { SourceArn: 'arn:aws:s3:::bucket' }, false],
  ['nothing', {}, false],
  ['another account', { SourceArn: ref('Topic'), SourceAccount: '999999999999' }, false],
])('a permission of Lambda with %s as source', (_, source, complies) => {
  const found = verdict({ Principal: 'sns.amazonaws.com', Action: 'lambda:InvokeFunction', ...source }, 'AWS::Lambda::Permission');
  expect(found).toEqual(complies ? 'compliant' : ['source::permission']);
});

test.each(silentServices)('$service complies in its own policy only, with the bound that takes the place', ({ service, type, source }) => {
  const Service = service.replace('<region>', 'eu-west-3');
  expect(source).not.toBe('');
  const other = type === 'AWS::SQS::QueuePolicy' ? 'AWS::S3::BucketPolicy' : 'AWS::SQS::QueuePolicy';
  expect(verdict(admit(Service, { Action: 'sts:AssumeRole' }), other)).toEqual([`source::${Service}`]);
});

test('the bounds of silent services are required', () => {
  const firehose = (Condition: JsonObject) => admit('firehose.amazonaws.com', { Action: 'sts:AssumeRole', Condition });
  expect(verdict(firehose({ StringEquals: { 'sts:ExternalId': account } }), 'AWS::IAM::Role')).toBe('compliant');
  expect(verdict(firehose({}), 'AWS::IAM::Role')).toEqual(['source::firehose.amazonaws.com']);
  const logs = (group: Json) =>
    admit('logs.eu-west-3.amazonaws.com', { Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': group } } });
  expect(verdict(logs(join('arn:aws:logs:eu-west-3:', account, ':log-group:x')), 'AWS::KMS::Key')).toBe('compliant');
  expect(verdict(logs('arn:aws:logs:eu-west-3:*:log-group:x'), 'AWS::KMS::Key')).toHaveLength(1);
  const balancer = (Resource: Json) => admit('logdelivery.elasticloadbalancing.amazonaws.com', { Action: 's3:PutObject', Resource });
  expect(verdict(balancer(join(att('Topic'), '/x/AWSLogs/', account, '/*')))).toBe('compliant');
  expect(verdict(balancer(join(att('Topic'), '/x/AWSLogs/*')))).toHaveLength(1);
});
