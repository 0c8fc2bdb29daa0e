import { CfnTopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { newerThanCfnLint } from '../../../lib/labels/linter';

test('the check is left out on the resources of the type alone', () => {
  const stack = new Stack();
  const topic = new Topic(stack, 'Topic');
  new CfnTopic(stack, 'Other');
  newerThanCfnLint(topic, 'AWS::SNS::Topic', 'E3002');
  const metadata = (id: string) => (stack.node.findChild(id).node.defaultChild as CfnTopic | undefined)?.getMetadata('cfn-lint');
  expect(metadata('Topic')).toEqual({ config: { ignore_checks: ['E3002'] } });
  expect((stack.node.findChild('Other') as CfnTopic).getMetadata('cfn-lint')).toBeUndefined();
});

test('a type that is not there is refused', () => {
  expect(() => newerThanCfnLint(new Topic(new Stack(), 'Topic'), 'AWS::SQS::Queue', 'E3002')).toThrow('expected a AWS::SQS::Queue');
});
