// TOM-3.3: a session of the VPN ends after the hours of the configuration, and does not connect again by itself.
import { type Finding, finding, guard, type Rule, remove, replace } from '../../rule';
import { clientVpnType } from './client-vpn';

const fix = 'Set sessionTimeoutHours from access.timeouts.vpnSessionHours, with disconnectOnSessionTimeout.';

export const vpnSessionHours: Rule = {
  name: 'vpn-session-hours',
  // The configuration admits at most 12.
  requires: 'a session of the VPN is disconnected after the hours of the configuration',
  types: [clientVpnType],
  mustApply: false,
  check(endpoint, { facts }) {
    const findings: Finding[] = [];
    const { vpnSessionHours: hours } = facts.settings.access.timeouts;
    if (endpoint.at('SessionTimeoutHours') !== hours)
      findings.push(finding(endpoint, 'hours', 'Properties.SessionTimeoutHours', `${hours}, as configured`, fix));
    if (endpoint.at('DisconnectOnSessionTimeout') !== true)
      findings.push(finding(endpoint, 'disconnect', 'Properties.DisconnectOnSessionTimeout', 'true', fix));
    return findings;
  },
  guards: [
    guard(clientVpnType, 'Properties.SessionTimeoutHours', remove, replace(24)),
    guard(clientVpnType, 'Properties.DisconnectOnSessionTimeout', remove, replace(false)),
  ],
};
