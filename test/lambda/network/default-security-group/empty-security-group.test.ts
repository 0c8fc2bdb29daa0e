// Revokes all rules, and none if there are none. The client of EC2 is a mock with the SDK's types.
import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2';
import { emptySecurityGroup, type SecurityGroups } from '../../../../lambda/network/default-security-group/empty-security-group';

const id = 'sg-0123456789abcdef0';
const fromItself: IpPermission = { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: id, UserId: '111111111111' }] };
const toAnywhere: IpPermission = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] };

/** A mock of EC2 that holds one group and forgets the rules that are revoked. */
function mockOf(group: SecurityGroup | undefined) {
  const revoked: unknown[][] = [];
  const groups: SecurityGroups = {
    describe: async () => group,
    revokeIngress: async (...call) => {
      revoked.push(['ingress', ...call]);
      if (group) group.IpPermissions = [];
    },
    revokeEgress: async (...call) => {
      revoked.push(['egress', ...call]);
      if (group) group.IpPermissionsEgress = [];
    },
  };
  return { groups, revoked };
}

test('revokes what a default group has, as it was described', async () => {
  const { groups, revoked } = mockOf({ GroupId: id, IpPermissions: [fromItself], IpPermissionsEgress: [toAnywhere] });
  await expect(emptySecurityGroup(groups, id)).resolves.toEqual({ ingress: 1, egress: 1 });
  expect(revoked).toEqual([
    ['ingress', id, [fromItself]],
    ['egress', id, [toAnywhere]],
  ]);
});

test('a second time there is nothing to do', async () => {
  const { groups, revoked } = mockOf({ GroupId: id, IpPermissions: [fromItself], IpPermissionsEgress: [toAnywhere] });
  await emptySecurityGroup(groups, id);
  revoked.length = 0;
  await expect(emptySecurityGroup(groups, id)).resolves.toEqual({ ingress: 0, egress: 0 });
  expect(revoked).toEqual([]);
});

test('leaves out the side that has no rules', async () => {
  const { groups, revoked } = mockOf({ GroupId: id, IpPermissionsEgress: [toAnywhere] });
  await emptySecurityGroup(groups, id);
  expect(revoked.map(([side]) => side)).toEqual(['egress']);
});

test('reports a group that does not exist', async () => {
  const { groups } = mockOf(undefined);
  await expect(emptySecurityGroup(groups, id)).rejects.toThrow(
    `${id}: expected a security group, got none; deploy the network stack again`,
  );
});
