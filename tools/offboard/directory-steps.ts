// The person in IAM Identity Center: assignments, memberships, and the entry itself.
import * as store from '@aws-sdk/client-identitystore';
import * as admin from '@aws-sdk/client-sso-admin';
import { type Item, type Step, unlessAbsent } from './step';

/**
 * The clients of the account that administers IAM Identity Center: its APIs answer the management account of the
 * organization or a delegated administrator.
 */
export interface Directory {
  readonly store: store.IdentitystoreClient;
  readonly admin: admin.SSOAdminClient;
}

interface Instance {
  readonly arn: string;
  readonly storeId: string;
}

async function instanceOf({ admin: client }: Directory): Promise<Instance> {
  const { Instances = [] } = await client.send(new admin.ListInstancesCommand({}));
  const [{ InstanceArn: arn, IdentityStoreId: storeId } = {}] = Instances;
  if (arn !== undefined && storeId !== undefined && Instances.length === 1) return { arn, storeId };
  const remedy = 'choose the region and the profile of its account with --directory-region and --directory-profile';
  throw new Error(`IAM Identity Center: expected one instance, got ${Instances.length}; ${remedy}`);
}

/** Id of the person; undefined without an entry. */
async function idOf({ store: client }: Directory, { storeId: IdentityStoreId }: Instance, name: string): Promise<string | undefined> {
  const AlternateIdentifier = { UniqueAttribute: { AttributePath: 'userName', AttributeValue: name } };
  const answer = await unlessAbsent(() => client.send(new store.GetUserIdCommand({ IdentityStoreId, AlternateIdentifier })));
  return answer?.UserId;
}

/** Whether the directory has the person. */
export const isInDirectory = async (directory: Directory, name: string): Promise<boolean> =>
  (await idOf(directory, await instanceOf(directory), name)) !== undefined;

const accessStep = 'directory-access';

/**
 * What the person has in the directory, then the entry: without it, an assignment could not be found by name. The
 * deletion ends the sign-ins of the person ("Delete users in IAM Identity Center"); sessions of roles end by their
 * denial. A directory that an identity provider fills gets the entry again unless it is removed there too.
 */
export const directorySteps = (directory: Directory, name: string, after: readonly string[]): readonly Step[] => [
  {
    ...{ name: accessStep, title: 'assignments and groups of IAM Identity Center' },
    left: () =>
      itemsOf(directory, name, async (instance, id) => [
        ...(await assignments(directory, instance, id, name)),
        ...(await memberships(directory, instance, id, name)),
      ]),
  },
  {
    ...{ name: 'directory', title: 'user of IAM Identity Center', after: [accessStep, ...after] },
    left: () =>
      itemsOf(directory, name, async ({ storeId: IdentityStoreId }, UserId) => {
        const request = new store.DeleteUserCommand({ IdentityStoreId, UserId });
        return [
          {
            what: `user ${name} of IAM Identity Center`,
            remove: async () => void (await unlessAbsent(() => directory.store.send(request))),
          },
        ];
      }),
  },
];

type Find = (instance: Instance, id: string) => Promise<readonly Item[]>;

async function itemsOf(directory: Directory, name: string, find: Find): Promise<readonly Item[]> {
  const instance = await instanceOf(directory);
  const id = await idOf(directory, instance, name);
  return id === undefined ? [] : find(instance, id);
}

/** Direct assignments in every account of the organization. */
async function assignments(directory: Directory, { arn: InstanceArn }: Instance, id: string, name: string): Promise<readonly Item[]> {
  const client = directory.admin;
  const person = { InstanceArn, PrincipalId: id, PrincipalType: 'USER' } as const;
  const items: Item[] = [];
  for await (const { AccountAssignments = [] } of admin.paginateListAccountAssignmentsForPrincipal({ client }, person)) {
    for (const { AccountId: account, PermissionSetArn, PrincipalType } of AccountAssignments) {
      // The list has the assignments of the person's groups too.
      if (PrincipalType !== 'USER') continue;
      const request = new admin.DeleteAccountAssignmentCommand({
        ...{ ...person, PermissionSetArn },
        ...{ TargetId: account, TargetType: 'AWS_ACCOUNT' },
      });
      const what = `assignment of ${name} in account ${account}: ${PermissionSetArn}`;
      items.push({ what, remove: async () => void (await unlessAbsent(() => client.send(request))) });
    }
  }
  return items;
}

async function memberships(
  directory: Directory,
  { storeId: IdentityStoreId }: Instance,
  id: string,
  name: string,
): Promise<readonly Item[]> {
  const client = directory.store;
  const items: Item[] = [];
  const pages = store.paginateListGroupMembershipsForMember({ client }, { IdentityStoreId, MemberId: { UserId: id } });
  for await (const { GroupMemberships = [] } of pages) {
    for (const { MembershipId, GroupId } of GroupMemberships) {
      const request = new store.DeleteGroupMembershipCommand({ IdentityStoreId, MembershipId });
      items.push({
        what: `membership of ${name} in the group ${GroupId} of IAM Identity Center`,
        remove: async () => void (await unlessAbsent(() => client.send(request))),
      });
    }
  }
  return items;
}
