import { Template } from 'aws-cdk-lib/assertions';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { App, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { settingsSchema } from '../../../lib/config/settings/settings';
import { siteOf } from '../../../lib/config/site';
import { classify, serves, tagDeployment, writeClauseMetadata } from '../../../lib/labels/labels';

const settings = settingsSchema.parse({ environment: 'staging', owner: 'platform' });
const site = siteOf('example', 'home', settings, []);

function bucketIn(prepare: (stack: Stack, parent: Construct, bucket: CfnBucket) => void) {
  const stack = new Stack(new App(), 'Stack');
  const parent = new Construct(stack, 'Parent');
  const bucket = new CfnBucket(parent, 'Bucket');
  prepare(stack, parent, bucket);
  const [resource] = Object.values(Template.fromStack(stack).findResources('AWS::S3::Bucket'));
  return resource as { Metadata?: Record<string, unknown>; Properties?: { Tags?: unknown } };
}

describe('clauses beside resources', () => {
  test('a resource bears the clauses of the construct it belongs to', () => {
    const bucket = bucketIn((stack, parent) => {
      serves(parent, 'TOM-3.6', 'TOM-5.5');
      writeClauseMetadata(stack);
    });
    expect(bucket.Metadata?.['rempart:tom']).toEqual(['TOM-3.6', 'TOM-5.5']);
  });

  test('the nearest construct decides', () => {
    const bucket = bucketIn((stack, parent, own) => {
      serves(stack, 'TOM-6.3');
      serves(parent, 'TOM-3.6');
      serves(own, 'TOM-5.5');
      writeClauseMetadata(stack);
    });
    expect(bucket.Metadata?.['rempart:tom']).toEqual(['TOM-5.5']);
  });

  test('a construct that serves no clause bears none', () => {
    expect(bucketIn((stack) => writeClauseMetadata(stack)).Metadata).toBeUndefined();
  });
});

describe('tags', () => {
  test('deployment, environment and owner come from the configuration, the classification from the construct', () => {
    const bucket = bucketIn((stack, parent) => {
      tagDeployment(stack, site);
      classify(parent, 'personal');
    });
    expect(bucket.Properties?.Tags).toEqual([
      { Key: 'rempart:classification', Value: 'personal' },
      { Key: 'rempart:deployment', Value: 'example' },
      { Key: 'rempart:environment', Value: 'staging' },
      { Key: 'rempart:owner', Value: 'platform' },
    ]);
  });
});
