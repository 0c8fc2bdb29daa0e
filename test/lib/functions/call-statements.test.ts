// Permissions from contracts: each call is one statement with the resources of the deployment.
import { App, Stack } from 'aws-cdk-lib/core';
import { settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';
import { type CallTargets, callStatements } from '../../../lib/functions/call-statements';
import type { Call } from '../../../runtime/calls';

const site = siteOf('production', 'home', settingsSchema.parse({ environment: 'production', owner: 'platform' }), []);
const stack = new Stack(new App({ analyticsReporting: false }), 'scratch', { env: { region: site.region } });
const statements = (calls: readonly Call[], targets: Partial<CallTargets> = {}) =>
  stack.resolve(callStatements(stack, calls, { site, ...targets }).map((statement) => statement.toStatementJson()));

test('fills names, values, account and partition in resources and conditions', () => {
  const calls: readonly Call[] = [
    {
      actions: ['s3:GetObject'],
      resources: ['${data/Archive.Arn}/exports/*', 'arn:aws:iam::${AWS::AccountId}:role/<deployment>-x'],
      conditions: { StringEquals: { 'kms:ViaService': 's3.<region>.amazonaws.com' } },
    },
  ];
  expect(statements(calls, { arns: { 'data/Archive.Arn': 'arn:archive' } })).toEqual([
    {
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: [
        'arn:archive/exports/*',
        { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::', { Ref: 'AWS::AccountId' }, ':role/production-x']] },
      ],
      Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-3.amazonaws.com' } },
    },
  ]);
});

test('a list stands for one resource each, and a mode selects its calls', () => {
  const calls: readonly Call[] = [
    { actions: ['s3:GetObject'], resources: ['<files>'], modes: ['one'] },
    { actions: ['s3:PutObject'], resources: ['*'], modes: ['other'], effect: 'Deny' },
  ];
  expect(statements(calls, { mode: 'one', values: { files: ['arn:a', 'arn:b'] } })).toMatchObject([{ Resource: ['arn:a', 'arn:b'] }]);
  expect(statements(calls, { mode: 'other' })).toMatchObject([{ Effect: 'Deny', Action: 's3:PutObject' }]);
  expect(statements(calls)).toEqual([]);
});

test.each(['${data/Archive.Arn}', '<bucket>', 'arn:aws:s3:::<bucket>'])('%s without a value is an error', (resource) => {
  expect(() => statements([{ actions: ['s3:GetObject'], resources: [resource] }])).toThrow(`call on ${resource}: expected one of`);
});
