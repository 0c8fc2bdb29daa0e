// TOM-3.10: Site-to-Site VPN generates the keys of its tunnels in the secrets store; a function measures their age.
import { finding, guard, type Rule, remove, replace, set } from '../../rule';
import { listOf, valueAt } from '../../template/assembly';
import { nameOf } from '../../template/names';
import { functionType, vpnConnectionType } from '../../template/resource-types';
import { isProbed, outsideSecret } from '../../world/secrets';

const tunnels = 'Properties.VpnTunnelOptionsSpecifications';
const fix = 'Set preSharedKeyStorage to SecretsManager, without keys, and list the connection in lib/tom/world/secrets.ts.';

export const tunnelKeys: Rule = {
  name: 'tunnel-keys',
  requires: 'the pre-shared keys of tunnels are generated in the secrets store, and a function measures their age',
  types: [vpnConnectionType],
  mustApply: false,
  check(connection, assembly) {
    const listed = outsideSecret(nameOf(connection, assembly.facts));
    const stored = connection.at('PreSharedKeyStorage') === 'SecretsManager';
    const given = listOf(connection.at('VpnTunnelOptionsSpecifications')).flatMap((tunnel, index) =>
      valueAt(tunnel, 'PreSharedKey') === undefined ? [] : [index],
    );
    return [
      ...(stored ? [] : [finding(connection, 'storage', 'Properties.PreSharedKeyStorage', 'SecretsManager', fix)]),
      ...given.map((index) => finding(connection, `${index + 1}::key`, `${tunnels}.${index}.PreSharedKey`, 'no key in a template', fix)),
      ...(listed !== undefined && isProbed(listed, assembly)
        ? []
        : [finding(connection, 'probed', '', 'an entry of the list of outside secrets, whose probe is deployed', fix)]),
    ];
  },
  guards: [
    guard(vpnConnectionType, 'Properties.PreSharedKeyStorage', remove, replace('Standard')),
    guard(vpnConnectionType, `${tunnels}.0.PreSharedKey`, set('{{resolve:secretsmanager:theirs}}')),
    guard(vpnConnectionType, `${tunnels}.1.PreSharedKey`, set('abcdefgh12345678')),
  ],
  reads: [{ type: functionType, path: 'Properties.FunctionName' }],
};
