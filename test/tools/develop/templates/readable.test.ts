// The YAML that reviewers read means what the template means, in an order of its own.
import fc from 'fast-check';
import { parse } from 'yaml';
import type { JsonObject } from '../../../../lib/tom/template/assembly';
import { Masks } from '../../../../tools/develop/templates/masks';
import { readableTemplate } from '../../../../tools/develop/templates/readable';

const hash = 'a'.repeat(64);
const print = (template: JsonObject) => readableTemplate(template, 'heading', new Masks(new Map([[hash, 'Function']])));

const template: JsonObject = {
  Resources: {
    Bucket8378EB38: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        Tags: [{ Value: 'yes', Key: 'rempart:owner' }],
        BucketName: { 'Fn::Join': ['', ['logs-', { Ref: 'AWS::AccountId' }]] },
      },
      Metadata: { 'aws:cdk:path': 'production-account/Archive/Bucket/Resource', 'rempart:tom': ['TOM-3.6', 'TOM-5.5'] },
      DeletionPolicy: 'Retain',
    },
    Alias1: {
      Type: 'AWS::Lambda::Function',
      Properties: { Code: { S3Key: `${hash}.zip` } },
      Metadata: { 'aws:asset:path': `asset.${hash}` },
    },
  },
  Parameters: { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>' } },
  Rules: { CheckBootstrapVersion: { Assertions: [] } },
  Description: 'Keys and archive',
};

test('a template reads as written here', () => {
  expect(print(template)).toBe(`# heading

Description: Keys and archive

Resources:
  Alias1:
    Type: AWS::Lambda::Function
    Properties:
      Code:
        S3Key: <asset:Function>.zip

  # Archive/Bucket
  Bucket8378EB38:
    Type: AWS::S3::Bucket
    Metadata:
      rempart:tom: [ TOM-3.6, TOM-5.5 ]
    DeletionPolicy: Retain
    Properties:
      BucketName: !Sub logs-\${AWS::AccountId}
      Tags:
        - { Key: rempart:owner, Value: "yes" }
`);
});

test('parameters and rules of our own are kept', () => {
  expect(print({ Parameters: { BootstrapVersion: {}, Ours: { Type: 'String' } } })).toContain('Ours:');
});

test('a long JSON document is written over lines', () => {
  const text = print({ Create: JSON.stringify({ service: 'S3', action: 'putBucketPolicy', parameters: { Bucket: 'b'.repeat(80) } }) });
  expect(text).toContain('Create: |-\n  {\n    "service": "S3",\n');
});

test('the order in which a template was built does not show', () => {
  const reversed = (value: unknown): unknown =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, content]) => [key, reversed(content)]),
        )
      : value;
  expect(print(reversed(template) as JsonObject)).toBe(print(template));
});

test('what is printed reads back as what it was', () => {
  // Functions, masks and hidden metadata have their own tests; here are the plain values, in the YAML that CloudFormation reads.
  const key = fc.stringMatching(/^[A-Z][a-z]{0,8}$/).filter((name) => name !== 'Metadata' && name !== 'Ref' && name !== 'Condition');
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('yes', 'no', 'on', '0123', '1e3', '2012-10-17', '1:30', 'null', '~', '*', '!Ref', '<<', 'a: b', '# c'),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, text, fc.integer(), fc.boolean(), tie('list'), tie('map')),
    list: fc.array(tie('value'), { maxLength: 4 }),
    map: fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 4 }), (content) => {
      expect(parse(print(content as JsonObject), { version: '1.1' })).toEqual(content);
    }),
  );
});
