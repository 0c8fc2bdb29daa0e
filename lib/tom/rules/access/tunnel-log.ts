// TOM-3.6: each tunnel of the Site-to-Site VPN writes its log to a log group, which other rules encrypt and retain.
import { tunnelsOfVpn } from '../../figures';
import { finding, guard, type Rule, remove, replace, set } from '../../rule';
import { listOf, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import { nameOf } from '../../template/names';
import { logGroupType, vpnConnectionType } from '../../template/resource-types';
import { renderText } from '../../template/texts';

const fix = 'Set logOptions of each tunnel to the log group of ManagementVpn.';
const tunnels = 'Properties.VpnTunnelOptionsSpecifications';
const options = 'LogOptions.CloudwatchLogOptions';

export const tunnelLog: Rule = {
  name: 'tunnel-log',
  requires: 'each tunnel of the Site-to-Site VPN records its negotiations in a log group of the deployment',
  types: [vpnConnectionType],
  mustApply: false,
  check(connection, assembly) {
    const { deployment, region } = assembly.facts;
    const log = assembly.ofType(logGroupType).find((group) => renderText(group.at('LogGroupName')) === `/rempart/${deployment}/tunnels`);
    const arn = log && `arn:aws:logs:${region}:\${AWS::AccountId}:log-group:\${${nameOf(log, assembly.facts)}}`;
    const stated = listOf(connection.at('VpnTunnelOptionsSpecifications'));
    // A tunnel without options has no log.
    return Array.from({ length: Math.max(tunnelsOfVpn, stated.length) }).flatMap((_, index) => {
      const tunnel = stated[index] ?? {};
      const at = `${tunnels}.${index}.${options}`;
      const isOn = valueAt(tunnel, `${options}.LogEnabled`) === true;
      const group = canonical(valueAt(tunnel, `${options}.LogGroupArn`) ?? null, connection.stack, assembly);
      return [
        ...(isOn ? [] : [finding(connection, `${index + 1}::enabled`, `${at}.LogEnabled`, 'true', fix)]),
        ...(arn !== undefined && group === arn
          ? []
          : [finding(connection, `${index + 1}::log-group`, `${at}.LogGroupArn`, 'the log group .../tunnels of the deployment', fix)]),
      ];
    });
  },
  guards: [
    guard(vpnConnectionType, `${tunnels}.*.LogOptions`, remove),
    guard(vpnConnectionType, `${tunnels}.*.${options}.LogEnabled`, remove, replace(false)),
    guard(vpnConnectionType, `${tunnels}.*.${options}.LogGroupArn`, remove, replace('arn:aws:logs:eu-west-3:x:log-group:elsewhere')),
    guard(vpnConnectionType, `${tunnels}.0.${options}`, set({ LogEnabled: false })),
  ],
  reads: [{ type: logGroupType, path: 'Properties.LogGroupName' }],
};
