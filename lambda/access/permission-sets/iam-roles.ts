// The roles of permission sets, as IAM describes them.
import { GetRoleCommand, type IAMClient, NoSuchEntityException, paginateListRoles } from '@aws-sdk/client-iam';
import type { SetRoles } from './examine';

/** AWS reserves the path: no other role is below it ("Referencing permission sets"). */
const PathPrefix = '/aws-reserved/sso.amazonaws.com/';

export const iamRoles = (client: IAMClient): SetRoles => ({
  async names() {
    const names: string[] = [];
    for await (const { Roles = [] } of paginateListRoles({ client }, { PathPrefix })) {
      names.push(...Roles.flatMap(({ RoleName }) => RoleName ?? []));
    }
    return names;
  },
  async read(RoleName) {
    try {
      const { Role } = await client.send(new GetRoleCommand({ RoleName }));
      // IAM returns the policy in percent-encoding ("GetRole").
      const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
      return { boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn, trust };
    } catch (error) {
      if (error instanceof NoSuchEntityException) return undefined;
      throw error;
    }
  },
});
