// TOM-3.6: the VPN records its connections in a log group of the deployment, which other rules encrypt and retain.
import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { logGroupType } from '../../template/resource-types';
import { renderText } from '../../template/texts';
import { clientVpnType } from './client-vpn';

const fix = 'Set connectionLogOptions to the log group of ClientVpn.';

export const vpnConnectionLog: Rule = {
  name: 'vpn-connection-log',
  requires: 'the Client VPN records every connection in a log group of the deployment',
  types: [clientVpnType],
  mustApply: false,
  check(endpoint, assembly) {
    const findings: Finding[] = [];
    if (endpoint.at('ConnectionLogOptions.Enabled') !== true)
      findings.push(finding(endpoint, 'enabled', 'Properties.ConnectionLogOptions.Enabled', 'true', fix));
    const path = 'Properties.ConnectionLogOptions.CloudwatchLogGroup';
    const log = assembly.target(endpoint.at('ConnectionLogOptions.CloudwatchLogGroup'), endpoint.stack);
    const isOwn =
      log?.type === logGroupType && renderText(log.at('LogGroupName')) === `/rempart/${assembly.facts.deployment}/vpn-connections`;
    if (!isOwn) findings.push(finding(endpoint, 'log-group', path, 'the log group .../vpn-connections of the deployment', fix));
    return findings;
  },
  guards: [
    guard(clientVpnType, 'Properties.ConnectionLogOptions', remove),
    guard(clientVpnType, 'Properties.ConnectionLogOptions.Enabled', remove, replace(false)),
    guard(clientVpnType, 'Properties.ConnectionLogOptions.CloudwatchLogGroup', remove, replace('/elsewhere')),
  ],
  reads: [{ type: logGroupType, path: 'Properties.LogGroupName' }],
};
