// The service-linked role that launches servers, and its permissions for the data key.
import { accountTemplate, propertiesOf } from '../stacks/account-stack';
import { dataStack, only } from '../stacks/data-stack';

const arn = 'arn:aws:iam::111111111111:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_example-home';

test("is the deployment's own, and each site has another", () => {
  expect(propertiesOf(accountTemplate(), 'AWS::IAM::ServiceLinkedRole')).toMatchObject({
    AWSServiceName: 'autoscaling.amazonaws.com',
    CustomSuffix: 'example-home',
  });
  expect(propertiesOf(accountTemplate({ site: 'recovery' }), 'AWS::IAM::ServiceLinkedRole')).toMatchObject({
    CustomSuffix: 'example-recovery',
  });
});

test('is made a stack before the key whose policy names it: KMS refuses one that names a role seconds old', () => {
  const { app, stack, template } = dataStack();
  expect(template.findResources('AWS::IAM::ServiceLinkedRole')).toEqual({});
  expect(JSON.stringify(only({}, 'AWS::KMS::Key').KeyPolicy)).toContain('AWSServiceRoleForAutoScaling_example-home');
  expect(stack.dependencies).toContain(app.node.findChild('example-account'));
});

test('may encrypt disks, and grant that to AWS services alone', () => {
  const { Statement } = only({}, 'AWS::KMS::Key').KeyPolicy as { Statement: { Sid?: string; Principal: unknown }[] };
  const own = Statement.filter(({ Principal }) => JSON.stringify(Principal).includes('AutoScaling'));
  expect(own).toEqual([
    expect.objectContaining({
      Sid: 'FleetEncryptsDisks',
      Principal: { AWS: arn },
      Action: expect.not.arrayContaining(['kms:CreateGrant']),
    }),
    expect.objectContaining({
      Sid: 'FleetAttachesDisks',
      Principal: { AWS: arn },
      Action: 'kms:CreateGrant',
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    }),
  ]);
});
