// The stand-in account: concrete values for references, names and parts of texts.
import { Assembly, type Template } from '../../../lib/tom/template/assembly';
import { StandIn } from '../../../tools/rehearse/stand-in';
import { facts } from './production';

const ref = (id: string) => ({ Ref: id });
const arnOf = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const Resources = {
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: { 'Fn::Join': ['-', ['hits', { Ref: 'AWS::AccountId' }]] } } },
  Plain: { Type: 'AWS::S3::Bucket' },
  Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'reader' } },
  Linked: { Type: 'AWS::IAM::ServiceLinkedRole', Properties: { AWSServiceName: 'autoscaling.amazonaws.com', CustomSuffix: 'home' } },
  Key: { Type: 'AWS::KMS::Key' },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'letters' } },
  Proxy: { Type: 'AWS::RDS::DBProxy' },
  Policy: {
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      PolicyDocument: {
        Objects: { 'Fn::Join': ['', [arnOf('Bucket'), '/*']] },
        Proxy: { 'Fn::Select': [6, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Proxy', 'DBProxyArn'] }] }] },
        Queue: ref('Queue'),
        Unknown: { 'Fn::GetAtt': ['Queue', 'Colour'] },
      },
    },
  },
};
const assembly = new Assembly(facts, [{ name: 'production-data', region: 'eu-west-3', template: { Resources } as unknown as Template }]);
const standIn = new StandIn(assembly);
const arn = (id: string): string => standIn.arnOf(standIn.resource(`data/${id}`) as never);

test('ARNs, with the name of the template or one that CloudFormation would generate', () => {
  expect([arn('Bucket'), arn('Plain')]).toEqual(['arn:aws:s3:::hits-111122223333', 'arn:aws:s3:::production-data-plain']);
  expect(arn('Role')).toBe('arn:aws:iam::111122223333:role/reader');
  expect(arn('Linked')).toBe('arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_home');
  expect(arn('Key')).toMatch(/^arn:aws:kms:eu-west-3:111122223333:key\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(arn('Queue')).toBe('arn:aws:sqs:eu-west-3:111122223333:letters');
  expect(arn('Policy')).toBe('production-data-Policy');
});

test('properties with concrete values', () => {
  expect(standIn.properties(standIn.resource('data/Policy') as never).PolicyDocument).toEqual({
    Objects: 'arn:aws:s3:::hits-111122223333/*',
    Proxy: expect.stringMatching(/^db-proxy:prx-[0-9a-f]{17}$|^prx-[0-9a-f]{17}$/),
    Queue: 'https://sqs.eu-west-3.amazonaws.com/111122223333/letters',
    Unknown: 'data-Queue.Colour',
  });
  expect(standIn.resource('data/Nothing')).toBeUndefined();
});
