// Revokes every rule of one security group.
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';

/** What the function needs of EC2. */
export interface SecurityGroups {
  /** The group with its rules, or nothing if there is no such group. */
  describe(groupId: string): Promise<SecurityGroup | undefined>;
  revokeIngress(groupId: string, rules: IpPermission[]): Promise<void>;
  revokeEgress(groupId: string, rules: IpPermission[]): Promise<void>;
}

/** Rules that were revoked. */
export interface Emptied {
  readonly ingress: number;
  readonly egress: number;
}

/** Revokes whatever rules the group has; doing it again changes nothing. Throws if the group does not exist. */
export async function emptySecurityGroup(groups: SecurityGroups, groupId: string): Promise<Emptied> {
  const group = await groups.describe(groupId);
  if (!group) throw new Error(`${groupId}: expected a security group, found none; deploy the network stack again`);
  const ingress = group.IpPermissions ?? [];
  const egress = group.IpPermissionsEgress ?? [];
  if (ingress.length > 0) await groups.revokeIngress(groupId, ingress);
  if (egress.length > 0) await groups.revokeEgress(groupId, egress);
  return { ingress: ingress.length, egress: egress.length };
}
