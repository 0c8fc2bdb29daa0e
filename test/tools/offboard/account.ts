// A mocked account with state: IAM, Session Manager and IAM Identity Center, shaped by the SDK's types. Calls can fail
// before or after their effect.
import * as iam from '@aws-sdk/client-iam';
import * as store from '@aws-sdk/client-identitystore';
import * as ssm from '@aws-sdk/client-ssm';
import * as admin from '@aws-sdk/client-sso-admin';

export interface User {
  password: boolean;
  keys: iam.AccessKeyMetadata[];
  devices: string[];
  certificates: string[];
  sshKeys: string[];
  credentials: string[];
  groups: string[];
  inline: Map<string, string>;
  attached: string[];
}

export const emptyUser = (): User => ({
  ...{ password: false, keys: [], devices: [], certificates: [], sshKeys: [], credentials: [], groups: [] },
  ...{ inline: new Map(), attached: [] },
});

interface Role {
  readonly name: string;
  readonly seconds: number;
  readonly policies: Map<string, string>;
}

export interface DirectoryUser {
  readonly id: string;
  assignments: { readonly account: string; readonly set: string; readonly type: 'USER' | 'GROUP' }[];
  memberships: string[];
}

/** `before`: throttled. `after`: done, and the answer is lost. */
export type Fault = 'before' | 'after' | undefined;

export const account = '111122223333';
const failure = (name: string): Error => Object.assign(new Error(`${name} of the mock`), { name });
const missing = (): never => {
  throw failure('NoSuchEntityException');
};
const unknown = (command: object): never => {
  throw new Error(`mock: expected a call of the off-boarding, got ${command.constructor.name}`);
};

/** One entry a page, so that a reader of the first page alone misses others. */
function page<Entry>(entries: readonly Entry[], marker: string | undefined) {
  const at = Number(marker ?? 0);
  return { entries: entries.slice(at, at + 1), next: at + 1 < entries.length ? String(at + 1) : undefined };
}

export class Account {
  readonly users = new Map<string, User>();
  readonly virtual = new Map<string, iam.Tag[]>();
  readonly roles: Role[] = [];
  readonly sessions: { region: string; id: string; owner: string; status: ssm.SessionStatus }[] = [];
  readonly directory = new Map<string, DirectoryUser>();
  /** Names of the commands that were sent, in order. */
  readonly sent: string[] = [];
  fault: (command: string) => Fault = () => undefined;
  /** Called after each effect. */
  watch: () => void = () => undefined;

  addRole(name: string, seconds = 3600): void {
    this.roles.push({ name, seconds, policies: new Map() });
  }

  readonly iam = this.client(new iam.IAMClient({ region: 'eu-west-3' }), (command) => this.ofIam(command));
  readonly shells = ['eu-west-3', 'eu-central-1'].map((region) => ({
    region,
    client: this.client(new ssm.SSMClient({ region }), (command) => this.ofSessions(region, command)),
  }));
  readonly center = {
    store: this.client(new store.IdentitystoreClient({ region: 'eu-west-3' }), (command) => this.ofStore(command)),
    admin: this.client(new admin.SSOAdminClient({ region: 'eu-west-3' }), (command) => this.ofAdmin(command)),
  };

  private client<Client extends object>(client: Client, answer: (command: object) => object): Client {
    const send = async (command: object) => {
      const name = command.constructor.name.replace(/Command$/, '');
      this.sent.push(name);
      const fault = this.fault(name);
      if (fault === 'before') throw failure('ThrottlingException');
      const result = answer(command);
      this.watch();
      if (fault === 'after') throw failure('TimeoutError');
      return result;
    };
    return Object.assign(client, { send });
  }

  /** IAM finds a user by its name in any case ("IAM and AWS STS quotas", names). */
  private nameOf = (name = ''): string => [...this.users.keys()].find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
  private user = (name = ''): User => this.users.get(this.nameOf(name)) ?? missing();

  private ofIam(command: object): object {
    return this.readUser(command) ?? this.changeUser(command) ?? this.ofDevices(command) ?? this.ofRoles(command) ?? unknown(command);
  }

  private readUser(command: object): object | undefined {
    const list = <Entry>(entries: readonly Entry[], input: { Marker?: string | undefined }) => {
      const { entries: found, next } = page(entries, input.Marker);
      return { found, rest: next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next } };
    };
    const { input } = command as { input: { UserName?: string; Marker?: string } };
    if (command instanceof iam.GetUserCommand)
      return { User: { UserName: this.nameOf(input.UserName), Arn: this.user(input.UserName) && 'arn' } };
    if (command instanceof iam.GetLoginProfileCommand)
      return this.user(input.UserName).password ? { LoginProfile: { UserName: input.UserName } } : missing();
    if (command instanceof iam.ListServiceSpecificCredentialsCommand)
      return {
        ServiceSpecificCredentials: this.user(input.UserName).credentials.map((ServiceSpecificCredentialId) => ({
          ServiceSpecificCredentialId,
          ServiceName: 'codecommit.amazonaws.com',
        })),
      };
    const lists: readonly [abstract new (...args: never[]) => object, (user: User) => readonly unknown[], string][] = [
      [iam.ListAccessKeysCommand, ({ keys }) => keys.map((key) => ({ ...key })), 'AccessKeyMetadata'],
      [iam.ListMFADevicesCommand, ({ devices }) => devices.map((SerialNumber) => ({ SerialNumber })), 'MFADevices'],
      [iam.ListSigningCertificatesCommand, ({ certificates }) => certificates.map((CertificateId) => ({ CertificateId })), 'Certificates'],
      [iam.ListSSHPublicKeysCommand, ({ sshKeys }) => sshKeys.map((SSHPublicKeyId) => ({ SSHPublicKeyId })), 'SSHPublicKeys'],
      [iam.ListGroupsForUserCommand, ({ groups }) => groups.map((GroupName) => ({ GroupName })), 'Groups'],
      [iam.ListUserPoliciesCommand, ({ inline }) => [...inline.keys()], 'PolicyNames'],
      [iam.ListAttachedUserPoliciesCommand, ({ attached }) => attached.map((PolicyArn) => ({ PolicyArn })), 'AttachedPolicies'],
    ];
    const [, entriesOf, member = ''] = lists.find(([type]) => command instanceof type) ?? [];
    if (!entriesOf) return undefined;
    const { found, rest } = list(entriesOf(this.user(input.UserName)), input);
    return { [member]: found, ...rest };
  }

  private changeUser(command: object): object | undefined {
    const remove = <Entry>(entries: Entry[], is: (entry: Entry) => boolean): object => {
      const at = entries.findIndex(is);
      if (at < 0) return missing();
      entries.splice(at, 1);
      return {};
    };
    if (command instanceof iam.DeleteLoginProfileCommand) {
      const user = this.user(command.input.UserName);
      if (!user.password) missing();
      user.password = false;
      return {};
    }
    if (command instanceof iam.UpdateAccessKeyCommand) {
      const key = this.user(command.input.UserName).keys.find(({ AccessKeyId }) => AccessKeyId === command.input.AccessKeyId) ?? missing();
      key.Status = command.input.Status;
      return {};
    }
    if (command instanceof iam.DeleteAccessKeyCommand) {
      const { keys } = this.user(command.input.UserName);
      const key = keys.find(({ AccessKeyId }) => AccessKeyId === command.input.AccessKeyId) ?? missing();
      if (key.Status !== 'Inactive') throw new Error(`mock: expected a key that is disabled first, got ${key.Status}`);
      return remove(keys, (one) => one === key);
    }
    if (command instanceof iam.DeleteSigningCertificateCommand)
      return remove(this.user(command.input.UserName).certificates, (id) => id === command.input.CertificateId);
    if (command instanceof iam.DeleteSSHPublicKeyCommand)
      return remove(this.user(command.input.UserName).sshKeys, (id) => id === command.input.SSHPublicKeyId);
    if (command instanceof iam.DeleteServiceSpecificCredentialCommand)
      return remove(this.user(command.input.UserName).credentials, (id) => id === command.input.ServiceSpecificCredentialId);
    if (command instanceof iam.RemoveUserFromGroupCommand)
      return remove(this.user(command.input.UserName).groups, (id) => id === command.input.GroupName);
    if (command instanceof iam.DetachUserPolicyCommand)
      return remove(this.user(command.input.UserName).attached, (id) => id === command.input.PolicyArn);
    if (command instanceof iam.PutUserPolicyCommand) {
      this.user(command.input.UserName).inline.set(command.input.PolicyName ?? '', command.input.PolicyDocument ?? '');
      return {};
    }
    if (command instanceof iam.DeleteUserPolicyCommand)
      return this.user(command.input.UserName).inline.delete(command.input.PolicyName ?? '') ? {} : missing();
    if (command instanceof iam.DeleteUserCommand) return this.deleteUser(command.input.UserName);
    return undefined;
  }

  /** "Before attempting to delete a user, remove the following items" (DeleteUser, IAM API Reference). */
  private deleteUser(name = ''): object {
    const { password, inline, ...lists } = this.user(name);
    const left = Object.entries(lists).filter(([, entries]) => entries.length > 0);
    if (password || inline.size > 0 || left.length > 0) throw failure('DeleteConflictException');
    this.users.delete(this.nameOf(name));
    return {};
  }

  private ofDevices(command: object): object | undefined {
    const assigned = new Set([...this.users.values()].flatMap(({ devices }) => devices));
    if (command instanceof iam.DeactivateMFADeviceCommand) {
      const user = this.user(command.input.UserName);
      if (!user.devices.includes(command.input.SerialNumber ?? '')) missing();
      user.devices = user.devices.filter((device) => device !== command.input.SerialNumber);
      return {};
    }
    if (command instanceof iam.DeleteVirtualMFADeviceCommand) {
      const serial = command.input.SerialNumber ?? '';
      if (assigned.has(serial)) throw failure('DeleteConflictException');
      return this.virtual.delete(serial) ? {} : missing();
    }
    if (command instanceof iam.TagMFADeviceCommand) {
      const tags = this.virtual.get(command.input.SerialNumber ?? '') ?? missing();
      for (const tag of command.input.Tags ?? []) if (!tags.some(({ Key }) => Key === tag.Key)) tags.push(tag);
      return {};
    }
    if (command instanceof iam.ListMFADeviceTagsCommand)
      return { Tags: this.virtual.get(command.input.SerialNumber ?? '') ?? missing(), IsTruncated: false };
    if (command instanceof iam.ListVirtualMFADevicesCommand) {
      const { entries, next } = page(
        [...this.virtual.keys()].filter((serial) => !assigned.has(serial)),
        command.input.Marker,
      );
      const VirtualMFADevices = entries.map((SerialNumber) => ({ SerialNumber }));
      return { VirtualMFADevices, ...(next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next }) };
    }
    return undefined;
  }

  private ofRoles(command: object): object | undefined {
    const role = (name = '') => this.roles.find((one) => one.name === name) ?? missing();
    if (command instanceof iam.ListRolesCommand) {
      const { entries, next } = page(this.roles, command.input.Marker);
      // ListRoles returns no tags and, for the maximum, the value.
      const Roles = entries.map(({ name, seconds }) => ({ RoleName: name, MaxSessionDuration: seconds }));
      return { Roles, ...(next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next }) };
    }
    if (command instanceof iam.ListRolePoliciesCommand)
      return { PolicyNames: [...role(command.input.RoleName).policies.keys()], IsTruncated: false };
    if (command instanceof iam.PutRolePolicyCommand) {
      role(command.input.RoleName).policies.set(command.input.PolicyName ?? '', command.input.PolicyDocument ?? '');
      return {};
    }
    if (command instanceof iam.DeleteRolePolicyCommand)
      return role(command.input.RoleName).policies.delete(command.input.PolicyName ?? '') ? {} : missing();
    return undefined;
  }

  private ofSessions(region: string, command: object): object {
    const own = this.sessions.filter((session) => session.region === region);
    if (command instanceof ssm.DescribeSessionsCommand) {
      if (command.input.State !== 'Active') return { Sessions: [] };
      const listed = own.filter(({ status }) => status !== 'Terminated');
      const { entries, next } = page(listed, command.input.NextToken);
      const Sessions = entries.map(({ id, owner, status }) => ({ SessionId: id, Owner: owner, Status: status, Target: 'i-0a1b' }));
      return { Sessions, ...(next === undefined ? {} : { NextToken: next }) };
    }
    if (!(command instanceof ssm.TerminateSessionCommand)) return unknown(command);
    const session = own.find(({ id }) => id === command.input.SessionId);
    if (!session) throw failure('DoesNotExistException');
    session.status = 'Terminating';
    return { SessionId: session.id };
  }

  private entry = (id = ''): readonly [string, DirectoryUser] => {
    const found = [...this.directory].find(([, user]) => user.id === id);
    if (!found) throw failure('ResourceNotFoundException');
    return found;
  };

  private ofStore(command: object): object {
    if (command instanceof store.GetUserIdCommand) {
      const name = (command.input.AlternateIdentifier as store.AlternateIdentifier.UniqueAttributeMember).UniqueAttribute.AttributeValue;
      const user = this.directory.get(String(name));
      if (!user) throw failure('ResourceNotFoundException');
      return { UserId: user.id, IdentityStoreId: 'd-1' };
    }
    if (command instanceof store.ListGroupMembershipsForMemberCommand) {
      const [, user] = this.entry((command.input.MemberId as store.MemberId.UserIdMember).UserId);
      const { entries, next } = page(user.memberships, command.input.NextToken);
      const GroupMemberships = entries.map((MembershipId) => ({ MembershipId, GroupId: `g-${MembershipId}`, IdentityStoreId: 'd-1' }));
      return { GroupMemberships, ...(next === undefined ? {} : { NextToken: next }) };
    }
    if (command instanceof store.DeleteGroupMembershipCommand) {
      for (const user of this.directory.values()) user.memberships = user.memberships.filter((id) => id !== command.input.MembershipId);
      return {};
    }
    if (!(command instanceof store.DeleteUserCommand)) return unknown(command);
    const [name] = this.entry(command.input.UserId);
    this.directory.delete(name);
    return {};
  }

  private ofAdmin(command: object): object {
    if (command instanceof admin.ListInstancesCommand)
      return { Instances: [{ InstanceArn: 'arn:aws:sso:::instance/ssoins-1', IdentityStoreId: 'd-1' }] };
    if (command instanceof admin.ListAccountAssignmentsForPrincipalCommand) {
      const [, user] = this.entry(command.input.PrincipalId);
      const { entries, next } = page(user.assignments, command.input.NextToken);
      const AccountAssignments = entries.map(({ account: AccountId, set, type }) => ({
        ...{ AccountId, PermissionSetArn: set },
        ...{ PrincipalType: type, PrincipalId: user.id },
      }));
      return { AccountAssignments, ...(next === undefined ? {} : { NextToken: next }) };
    }
    if (!(command instanceof admin.DeleteAccountAssignmentCommand)) return unknown(command);
    const [, user] = this.entry(command.input.PrincipalId);
    const { TargetId, PermissionSetArn } = command.input;
    user.assignments = user.assignments.filter(
      ({ account: of, set, type }) => of !== TargetId || set !== PermissionSetArn || type !== 'USER',
    );
    return { AccountAssignmentDeletionStatus: { Status: 'IN_PROGRESS' } };
  }
}
