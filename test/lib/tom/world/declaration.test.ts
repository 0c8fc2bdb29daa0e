// Declarations name the resources of a deployment, each once.
import { declare, declaredResources } from '../../../../lib/tom/world/declaration';
import { facts } from '../rules/example';

test('the variables of a name are expanded', () => {
  const declared = declaredResources(
    [declare('AWS::EC2::Subnet', 'network/<tier>Subnet<zone>', {}, { variables: { tier: ['public'], zone: ['1', '2'] } })],
    facts,
  );
  expect([...declared.keys()]).toEqual(['network/publicSubnet1', 'network/publicSubnet2']);
  expect(declared.get('network/publicSubnet2')?.variables).toEqual({ tier: 'public', zone: '2' });
});

test('a resource of other deployments is not declared', () => {
  const inDevelopment = declare('AWS::EC2::EIP', 'network/Address', {}, { when: ({ environment }) => environment === 'development' });
  expect(declaredResources([inDevelopment], facts).size).toBe(0);
});

test('a name that is declared twice is an error', () => {
  const address = declare('AWS::EC2::EIP', 'network/Address', {});
  expect(() => declaredResources([address, address], facts)).toThrow('expected each name once, got network/Address twice');
});

test('a variable without values is an error', () => {
  expect(() => declaredResources([declare('AWS::EC2::EIP', 'network/Address<zone>', {})], facts)).toThrow(
    'expected values of <zone>, got none',
  );
});
