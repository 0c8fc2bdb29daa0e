// VPC Block Public Access: on by default, with the proxy subnets as the only exclusions.
import { production, reference, resources, subnets } from './reading';

test('ingress is blocked, except to the proxies', () => {
  const template = production();
  template.hasResourceProperties('AWS::EC2::VPCBlockPublicAccessOptions', { InternetGatewayBlockMode: 'block-ingress' });
  const exclusions = Object.values(resources(template, 'AWS::EC2::VPCBlockPublicAccessExclusion')).map(({ Properties }) => Properties);
  expect(exclusions.map(({ SubnetId }) => reference(SubnetId)).sort()).toEqual(subnets(template, 'public').map(({ id }) => id));
  for (const exclusion of exclusions) {
    expect(exclusion).toMatchObject({ InternetGatewayExclusionMode: 'allow-bidirectional' });
    expect(exclusion).not.toHaveProperty('VpcId');
  }
});

test('the exclusions are created before the block', () => {
  const template = production();
  const [options] = Object.values(resources(template, 'AWS::EC2::VPCBlockPublicAccessOptions'));
  expect([...(options?.DependsOn ?? [])].sort()).toEqual(
    Object.keys(resources(template, 'AWS::EC2::VPCBlockPublicAccessExclusion')).sort(),
  );
});
