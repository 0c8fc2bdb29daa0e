// Rules about the VPC: subnets, routes, firewalls, endpoints and their logs.
import type { Rule } from '../../rule';
import { defaultSecurityGroup } from './default-security-group';
import { dnsFirewall } from './dns-firewall';
import { egressFiltering } from './egress-filtering';
import { egressPerZone } from './egress-per-zone';
import { endpointPolicies } from './endpoint-policies';
import { flowRecordAddresses } from './flow-record-addresses';
import { networkAcls } from './network-acls';
import { networkLogging } from './network-logging';
import { tierResidents } from './tier-residents';
import { vpcBlockPublicAccess } from './vpc-block-public-access';

export const networkRules: readonly Rule[] = [
  defaultSecurityGroup,
  dnsFirewall,
  egressFiltering,
  egressPerZone,
  endpointPolicies,
  flowRecordAddresses,
  networkAcls,
  networkLogging,
  tierResidents,
  vpcBlockPublicAccess,
];
