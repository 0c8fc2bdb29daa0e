// Revokes all rules of one security group.
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';

/** The calls to EC2 that the function makes. */
export interface SecurityGroups {
  /** The group with its rules, or undefined if it does not exist. */
  describe(groupId: string): Promise<SecurityGroup | undefined>;
  revokeIngress(groupId: string, rules: IpPermission[]): Promise<void>;
  revokeEgress(groupId: string, rules: IpPermission[]): Promise<void>;
}

/** Numbers of revoked rules. */
export interface RevokedRules {
  readonly ingress: number;
  readonly egress: number;
}

/** Revokes all rules of the group. Idempotent. Throws if the group does not exist. */
export async function emptySecurityGroup(groups: SecurityGroups, groupId: string): Promise<RevokedRules> {
  const group = await groups.describe(groupId);
  if (!group) throw new Error(`${groupId}: expected a security group, got none; deploy the network stack again`);
  const ingress = group.IpPermissions ?? [];
  const egress = group.IpPermissionsEgress ?? [];
  if (ingress.length > 0) await groups.revokeIngress(groupId, ingress);
  if (egress.length > 0) await groups.revokeEgress(groupId, egress);
  return { ingress: ingress.length, egress: egress.length };
}
