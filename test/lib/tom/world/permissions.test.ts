// The comparison of policy documents with calls: by meaning, whatever the order and the notation.
import type { Json, JsonObject } from '../../../../lib/tom/template/assembly';
import type { Context } from '../../../../lib/tom/world/form';
import { type Grants, grants } from '../../../../lib/tom/world/permissions';
import { assemblyOf, facts, resource } from '../rules/example';

const calls: Grants['calls'] = [
  { actions: ['s3:GetObject', 's3:PutObject'], resources: ['${data/Archive.Arn}/exports/*', '<files>'] },
  {
    actions: ['kms:Decrypt'],
    resources: ['${data/DataKey.Arn}'],
    conditions: { StringEquals: { 'kms:ViaService': 's3.<region>.amazonaws.com', 'aws:RequestTag/x': ['b', 'a'] } },
  },
  { actions: ['acm:GetCertificate'], resources: ['<certificate>'], modes: ['given'] },
];
const files = ['arn:aws:s3:::boot/a', 'arn:aws:s3:::boot/b'];

const assembly = assemblyOf({ P: resource('AWS::IAM::ManagedPolicy') });
const [policy] = assembly.resources;
if (policy === undefined) throw new Error('expected a resource, got none');
const context: Context = { resource: policy, assembly, facts, variables: { region: 'eu-west-3' } };

const deviations = (value: Json, more: Partial<Grants> = {}) =>
  grants(() => ({ calls, values: { files }, ...more })).deviations({ value, path: 'PolicyDocument', context });
const document = (...Statement: JsonObject[]): JsonObject => ({ Version: '2012-10-17', Statement });

const objects: JsonObject = {
  Effect: 'Allow',
  Action: ['s3:PutObject', 's3:GetObject'],
  Resource: ['arn:aws:s3:::boot/b', '${data/Archive.Arn}/exports/*', 'arn:aws:s3:::boot/a'],
};
const viaService = { 'aws:RequestTag/x': ['a', 'b'], 'kms:ViaService': ['s3.eu-west-3.amazonaws.com'] };
const key: JsonObject = {
  Effect: 'Allow',
  Action: 'kms:Decrypt',
  Resource: '${data/DataKey.Arn}',
  Condition: { StringEquals: viaService },
};

test.each<[string, JsonObject]>([
  ['in any order', document(key, objects)],
  ['in more statements', document({ ...objects, Action: 's3:GetObject' }, key, { ...objects, Action: 's3:PutObject' })],
])('the permissions comply %s', (_, value) => {
  expect(deviations(value)).toEqual([]);
});

test.each<[string, Json]>([
  ['without a statement', document(objects)],
  ['with a statement twice', document(objects, key, key)],
  ['with a further action', document({ ...objects, Action: ['s3:PutObject', 's3:GetObject', 's3:DeleteObject'] }, key)],
  ['with a pattern instead of the action', document({ ...objects, Action: ['s3:PutObject', 's3:Get*'] }, key)],
  ['with a wider resource', document({ ...objects, Resource: '*' }, key)],
  ['without a condition', document(objects, { Effect: 'Allow', Action: 'kms:Decrypt', Resource: '${data/DataKey.Arn}' })],
  [
    'with another value of a condition',
    document(objects, { ...key, Condition: { StringEquals: { ...viaService, 'aws:RequestTag/x': 'a' } } }),
  ],
  ['with a condition under another operator', document(objects, { ...key, Condition: { StringLike: viaService } })],
  ['as denials', document({ ...objects, Effect: 'Deny' }, key)],
  ['with NotAction', document(objects, { ...key, NotAction: 'iam:*' })],
  ['with an intrinsic as action', document(objects, { ...key, Action: { 'Fn::If': ['A', 'kms:Decrypt', '*'] } })],
  ['in another version', { ...document(objects, key), Version: '2008-10-17' }],
  ['as text', JSON.stringify(document(objects, key))],
])('the permissions do not comply %s', (_, value) => {
  expect(deviations(value)).not.toEqual([]);
});

test.each<[string, JsonObject, JsonObject]>([
  [
    'an action and a resource with the word between them',
    { Action: 'sqs:SendMessage', Resource: 'a on b' },
    { Action: 'sqs:SendMessage on a', Resource: 'b' },
  ],
  [
    'conditions and a resource with their text',
    { Action: 'kms:Decrypt', Resource: 'key', Condition: { Bool: { 'aws:SecureTransport': ['true'] } } },
    { Action: 'kms:Decrypt', Resource: 'key if {"Bool":{"aws:SecureTransport":["true"]}}' },
  ],
])('different permissions do not comply for each other: %s', (_, one, other) => {
  const needs = ({ Action, Resource, Condition }: JsonObject): Partial<Grants> => ({
    calls: [{ actions: [String(Action)], resources: [String(Resource)], ...(Condition ? { conditions: Condition as never } : {}) }],
  });
  const found = (statement: JsonObject, needed: JsonObject) => deviations(document({ Effect: 'Allow', ...statement }), needs(needed));
  expect(found(one, one)).toEqual([]);
  expect(found(other, other)).toEqual([]);
  expect(found(other, one)).not.toEqual([]);
  expect(found(one, other)).not.toEqual([]);
});

test('calls of a mode are needed in this mode only', () => {
  const given: Partial<Grants> = { mode: 'given', values: { files, certificate: 'arn:c' } };
  const read: JsonObject = { Effect: 'Allow', Action: 'acm:GetCertificate', Resource: 'arn:c' };
  expect(deviations(document(objects, key, read), given)).toEqual([]);
  expect(deviations(document(objects, key), given)).toMatchObject([{ required: 'the permission Allow acm:GetCertificate on arn:c' }]);
  expect(deviations(document(objects, key, read))).toHaveLength(1);
});

test('every leaf of the document is closed', () => {
  const leaves: string[] = [];
  const leaf = (path: string) => void leaves.push(path);
  grants(() => ({ calls, values: { files } })).deviations({ value: document(key), path: 'PolicyDocument', context, leaf });
  expect(leaves).toContain('PolicyDocument.Statement.0.Condition.StringEquals.kms:ViaService.0');
  expect(leaves).toContain('PolicyDocument.Version');
});
