import { tunnelKeys } from '../../../../../lib/tom/rules/access/tunnel-keys';
import { Assembly } from '../../../../../lib/tom/template/assembly';
import { answers, changed, facts, type Resources, stack, without } from '../example';
import { managementExample, withGateway, withTunnel } from './example-management';

/** In the access stack, under the names of the list of outside secrets. */
function says(resources: Resources, id = 'ManagementVpnConnection12345678'): string | string[] | undefined {
  const { Connection, ...others } = changed(resources, 'Function', { FunctionName: 'production-tunnel-watch' });
  const renamed = { ...others, [id]: Connection as Resources[string] };
  return answers(tunnelKeys, new Assembly({ ...facts, ...withGateway }, [stack(renamed, { name: 'production-access' })]))[id];
}

test('keys that the service generates in the secrets store comply, where the function measures their age', () => {
  expect(says(managementExample)).toBe('compliant');
});

test.each<[string, Resources, string[]]>([
  ['in the service', changed(managementExample, 'Connection', { PreSharedKeyStorage: 'Standard' }), ['storage']],
  ['without a storage', changed(managementExample, 'Connection', { PreSharedKeyStorage: undefined }), ['storage']],
  ['in the template', withTunnel({ PreSharedKey: 'abcdefgh12345678' }), ['2::key']],
  ['by a reference', withTunnel({ PreSharedKey: '{{resolve:secretsmanager:theirs}}' }), ['2::key']],
])('keys %s do not', (_, resources, ids) => {
  expect(says(resources)).toEqual(ids);
});

test('keys without their function, or of a connection that is not listed, do not', () => {
  const { Connection, ...others } = without(managementExample, 'Function');
  const renamed = { ...others, ManagementVpnConnection12345678: Connection as Resources[string] };
  const assembly = new Assembly({ ...facts, ...withGateway }, [stack(renamed, { name: 'production-access' })]);
  expect(answers(tunnelKeys, assembly).ManagementVpnConnection12345678).toEqual(['probed']);
  expect(says(managementExample, 'AnotherConnection12345678')).toEqual(['probed']);
});
