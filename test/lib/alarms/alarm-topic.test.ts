import { accountTemplate, concrete, propertiesOf } from '../stacks/account-stack';

test('the topic is encrypted with the key of the deployment', () => {
  expect(propertiesOf(accountTemplate(), 'AWS::SNS::Topic')).toMatchObject({
    KmsMasterKeyId: expect.stringMatching(/:deploymentkey[a-z0-9]+$/),
  });
});

test('alarms of the deployment publish to it, over TLS', () => {
  const [policy] = Object.values(accountTemplate().findResources('AWS::SNS::TopicPolicy'));
  expect(concrete(policy?.Properties.PolicyDocument)).toMatchObject({
    Statement: [
      { Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
      {
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Condition: {
          StringEquals: { 'aws:SourceAccount': '111111111111' },
          ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:eu-west-3:111111111111:alarm:example-*' },
        },
      },
    ],
  });
});
