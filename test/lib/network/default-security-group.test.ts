// The custom resource that revokes the rules of the default security group: its permissions, and its group.
import { production, resources } from './reading';

const template = production();
const [vpc] = Object.keys(resources(template, 'AWS::EC2::VPC'));
const group = { 'Fn::GetAtt': [vpc, 'DefaultSecurityGroup'] };

test('the function revokes the rules of the default group of the VPC, the only one in its environment', () => {
  const [fn] = Object.keys(resources(template, 'AWS::Lambda::Function'));
  template.hasResourceProperties('Custom::VpcRestrictDefaultSG', {
    SecurityGroupId: group,
    ServiceToken: { 'Fn::GetAtt': [fn, 'Arn'] },
    ServiceTimeout: '300',
  });
  template.hasResourceProperties('AWS::Lambda::Function', { Environment: { Variables: { SECURITY_GROUP_ID: group } } });
});

test('the function reserves no concurrency: it runs once a deployment, in accounts that may have none to reserve', () => {
  const [fn] = Object.values(resources(template, 'AWS::Lambda::Function'));
  expect(fn?.Properties).not.toHaveProperty('ReservedConcurrentExecutions');
});

test('the function may revoke the rules of that group alone, and read groups in its region', () => {
  const documents = Object.values(resources(template, 'AWS::IAM::ManagedPolicy')).map(({ Properties }) => Properties.PolicyDocument);
  const statements = documents.flatMap((document) => (document as unknown as { Statement: { Action: string | string[] }[] }).Statement);
  const ofEc2 = statements.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('ec2:')));
  expect(ofEc2).toEqual([
    {
      Effect: 'Allow',
      Action: ['ec2:RevokeSecurityGroupEgress', 'ec2:RevokeSecurityGroupIngress'],
      Resource: { 'Fn::Join': ['', ['arn:aws:ec2:eu-west-3:', { Ref: 'AWS::AccountId' }, ':security-group/', group]] },
    },
    { Effect: 'Allow', Action: 'ec2:DescribeSecurityGroups', Resource: '*', Condition: { StringEquals: { 'ec2:Region': 'eu-west-3' } } },
  ]);
});
