// Flows of the access stack.
import { calls, callsFromManagement, type Flow, type FlowSettings } from './flow';

const clientVpn = 'access/ClientVpnEndpoint';

/** Services that the IT team reaches through the VPN, by their endpoints, whose names the profile resolves there. */
export const vpnServices = {
  sts: 'roles of people',
  ssm: 'sessions of servers',
  ssmmessages: 'sessions of servers',
  kms: 'certificates of the VPN, keys of sessions',
  logs: 'logs',
  monitoring: 'alarms and metrics',
  autoscaling: 'state of the fleet',
} as const;

/**
 * Services that the infrastructure manager reaches from the management networks, by their endpoints. The client of a
 * session requests its data key from AWS KMS itself ("Turn on KMS key encryption of session data"). (TOM-3.1)
 */
export const managementServices = {
  sts: 'role of the infrastructure manager',
  ssm: 'sessions of servers',
  ssmmessages: 'sessions of servers',
  kms: 'keys of sessions',
  logs: 'logs',
  monitoring: 'alarms and metrics',
  autoscaling: 'state of the fleet',
} as const;

export const accessFlows = (settings: FlowSettings): readonly Flow[] => [
  ...(settings.clientVpn ? Object.entries(vpnServices).map(([service, purpose]) => calls(clientVpn, service, settings, purpose)) : []),
  ...(settings.managementVpn
    ? Object.entries(managementServices).map(([service, purpose]) => callsFromManagement(service, settings, purpose))
    : []),
];
