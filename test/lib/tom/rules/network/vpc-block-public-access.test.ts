import { vpcBlockPublicAccess } from '../../../../../lib/tom/rules/network/vpc-block-public-access';
import { answers, ref, resource } from '../example';
import { network } from './example-network';

const block = (InternetGatewayBlockMode: string) =>
  answers(vpcBlockPublicAccess, { B: resource('AWS::EC2::VPCBlockPublicAccessOptions', { InternetGatewayBlockMode }) }).B;
const except = (properties: object) =>
  answers(vpcBlockPublicAccess, { ...network, E: resource('AWS::EC2::VPCBlockPublicAccessExclusion', properties as never) }).E;

test('the block applies to inbound traffic', () => {
  expect(block('block-ingress')).toBe('compliant');
  expect(block('block-bidirectional')).toBe('compliant');
  expect(block('off')).toEqual(['mode']);
});

test('only subnets of proxies are excepted', () => {
  expect(except({ SubnetId: ref('public0') })).toBe('compliant');
  expect(except({ SubnetId: ref('private0') })).toEqual(['excepted']);
  expect(except({ SubnetId: 'subnet-elsewhere' })).toEqual(['excepted']);
  expect(except({ VpcId: ref('Vpc') })).toEqual(['excepted']);
});

test('a deployment without the block keeps the rule: another of the account may hold it', () => {
  expect(answers(vpcBlockPublicAccess, network)).toEqual({});
});
