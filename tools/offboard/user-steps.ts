// The IAM users of a person: first nothing is allowed to them, then all they have is removed, then they are deleted.
import * as iam from '@aws-sdk/client-iam';
import { type Item, type Step, unlessAbsent } from './step';

type Client = iam.IAMClient;

/** Inline policy that denies everything to a user who leaves. It is removed with the user. */
export const leavingPolicy = 'rempart-leaving';

/**
 * Denies every request with the credentials of the user, temporary ones of GetSessionToken too, and every assumption
 * of a role from then on. One call, so that a failure of a later step leaves no access.
 */
const denyAll = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] });

/** Pages of a list of a user that may not exist. */
async function listed<Page, Entry>(pages: AsyncIterable<Page>, entries: (page: Page) => readonly Entry[] | undefined): Promise<Entry[]> {
  const found = await unlessAbsent(async () => {
    const all: Entry[] = [];
    for await (const page of pages) all.push(...(entries(page) ?? []));
    return all;
  });
  return found ?? [];
}

/** Removes something; it may be gone. */
const gone = (call: () => Promise<unknown>) => async (): Promise<void> => void (await unlessAbsent(call));

const userExists = async (client: Client, UserName: string): Promise<boolean> =>
  (await unlessAbsent(() => client.send(new iam.GetUserCommand({ UserName })))) !== undefined;

/** The users of the person that exist. */
export async function existingUsers(client: Client, users: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const user of users) if (await userExists(client, user)) found.push(user);
  return found;
}

/**
 * The users of the person that IAM finds under a spelling of another case: IAM does not distinguish names by case, and
 * sessions bear the name as it was created.
 */
export async function misspelledUsers(client: Client, users: readonly string[]): Promise<readonly { given: string; found: string }[]> {
  const all = await sequentially(users, async (given) => {
    const answer = await unlessAbsent(() => client.send(new iam.GetUserCommand({ UserName: given })));
    return { given, found: answer?.User?.UserName ?? given };
  });
  return all.filter(({ given, found }) => found !== given);
}

export function denialStep(client: Client, users: readonly string[]): Step {
  return stepOf('user-denied', 'requests of the user', users, async (UserName) => {
    if (!(await userExists(client, UserName))) return [];
    const names = await policyNames(client, UserName);
    if (names.includes(leavingPolicy)) return [];
    const request = new iam.PutUserPolicyCommand({ UserName, PolicyName: leavingPolicy, PolicyDocument: denyAll });
    return [{ what: `permissions of the user ${UserName}`, remove: gone(() => client.send(request)) }];
  });
}

/** A step over each user of the person. */
function stepOf(name: string, title: string, users: readonly string[], left: (user: string) => Promise<readonly Item[]>): Step {
  return { name, title, left: async () => (await sequentially(users, left)).flat() };
}

/** One at a time: IAM throttles an account as a whole. */
async function sequentially<From, To>(values: readonly From[], call: (value: From) => Promise<To>): Promise<To[]> {
  const results: To[] = [];
  for (const value of values) results.push(await call(value));
  return results;
}

const policyNames = (client: Client, UserName: string): Promise<string[]> =>
  listed(iam.paginateListUserPolicies({ client }, { UserName }), ({ PolicyNames }) => PolicyNames);

/** The steps in the order of risk: the sign-in goes before the second factor that protects it. */
export const userSteps = (client: Client, users: readonly string[]): readonly Step[] => [
  signInStep(client, users),
  keyStep(client, users),
  deviceStep(client, users),
  certificateStep(client, users),
  sshKeyStep(client, users),
  serviceCredentialStep(client, users),
  groupStep(client, users),
  policyStep(client, users),
];

const signInStep = (client: Client, users: readonly string[]): Step =>
  stepOf('sign-in', 'sign-in at the console', users, async (UserName) => {
    const profile = await unlessAbsent(() => client.send(new iam.GetLoginProfileCommand({ UserName })));
    if (profile === undefined) return [];
    const request = new iam.DeleteLoginProfileCommand({ UserName });
    return [{ what: `password of ${UserName}`, remove: gone(() => client.send(request)) }];
  });

const keyStep = (client: Client, users: readonly string[]): Step =>
  stepOf('access-keys', 'access keys', users, async (UserName) => {
    const keys = await listed(iam.paginateListAccessKeys({ client }, { UserName }), (page) => page.AccessKeyMetadata);
    return keys.map(({ AccessKeyId, Status }) => ({
      what: `access key ${AccessKeyId} of ${UserName}`,
      // Disabled first: a key that cannot be deleted no longer works.
      remove: gone(async () => {
        if (Status === 'Active') await client.send(new iam.UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
        await client.send(new iam.DeleteAccessKeyCommand({ UserName, AccessKeyId }));
      }),
    }));
  });

/** The serial number of a virtual device is an ARN. */
const isVirtual = (serial: string): boolean => serial.startsWith('arn:') && serial.includes(':mfa/');

/** Tag of a virtual device that is being removed, with the name of its user: without a user it has no other trace. */
const leavingTag = 'rempart:leaving';

/** Devices of the user, and virtual ones that an interrupted run left without a user. */
const deviceStep = (client: Client, users: readonly string[]): Step => ({
  ...{ name: 'mfa-devices', title: 'MFA devices' },
  async left() {
    const items: Item[] = [];
    for (const UserName of users) {
      const devices = await listed(iam.paginateListMFADevices({ client }, { UserName }), ({ MFADevices }) => MFADevices);
      items.push(...devices.map(({ SerialNumber = '' }) => deviceItem(client, UserName, SerialNumber)));
    }
    const unassigned = iam.paginateListVirtualMFADevices({ client }, { AssignmentStatus: 'Unassigned' });
    const devices = await listed(unassigned, ({ VirtualMFADevices }) => VirtualMFADevices);
    for (const { SerialNumber = '' } of devices) {
      const tags = await listed(iam.paginateListMFADeviceTags({ client }, { SerialNumber }), ({ Tags }) => Tags);
      if (!tags.some(({ Key, Value = '' }) => Key === leavingTag && users.includes(Value))) continue;
      const request = new iam.DeleteVirtualMFADeviceCommand({ SerialNumber });
      items.push({ what: `virtual MFA device ${SerialNumber}`, remove: gone(() => client.send(request)) });
    }
    return items;
  },
});

function deviceItem(client: Client, UserName: string, SerialNumber: string): Item {
  const what = `MFA device ${SerialNumber} of ${UserName}`;
  const deactivate = gone(() => client.send(new iam.DeactivateMFADeviceCommand({ UserName, SerialNumber })));
  if (!isVirtual(SerialNumber)) return { what, remove: deactivate };
  const Tags = [{ Key: leavingTag, Value: UserName }];
  const remove = gone(async () => {
    await client.send(new iam.TagMFADeviceCommand({ SerialNumber, Tags }));
    await deactivate();
    await client.send(new iam.DeleteVirtualMFADeviceCommand({ SerialNumber }));
  });
  return { what, remove };
}

const certificateStep = (client: Client, users: readonly string[]): Step =>
  stepOf('signing-certificates', 'signing certificates', users, async (UserName) => {
    const found = await listed(iam.paginateListSigningCertificates({ client }, { UserName }), ({ Certificates }) => Certificates);
    return found.map(({ CertificateId }) => ({
      what: `signing certificate ${CertificateId} of ${UserName}`,
      remove: gone(() => client.send(new iam.DeleteSigningCertificateCommand({ UserName, CertificateId }))),
    }));
  });

const sshKeyStep = (client: Client, users: readonly string[]): Step =>
  stepOf('ssh-keys', 'SSH public keys', users, async (UserName) => {
    const found = await listed(iam.paginateListSSHPublicKeys({ client }, { UserName }), ({ SSHPublicKeys }) => SSHPublicKeys);
    return found.map(({ SSHPublicKeyId }) => ({
      what: `SSH public key ${SSHPublicKeyId} of ${UserName}`,
      remove: gone(() => client.send(new iam.DeleteSSHPublicKeyCommand({ UserName, SSHPublicKeyId }))),
    }));
  });

const serviceCredentialStep = (client: Client, users: readonly string[]): Step =>
  stepOf('service-credentials', 'service-specific credentials', users, async (UserName) => {
    const answer = await unlessAbsent(() => client.send(new iam.ListServiceSpecificCredentialsCommand({ UserName })));
    return (answer?.ServiceSpecificCredentials ?? []).map(({ ServiceSpecificCredentialId, ServiceName }) => ({
      what: `credential ${ServiceSpecificCredentialId} of ${UserName} for ${ServiceName}`,
      remove: gone(() => client.send(new iam.DeleteServiceSpecificCredentialCommand({ UserName, ServiceSpecificCredentialId }))),
    }));
  });

const groupStep = (client: Client, users: readonly string[]): Step =>
  stepOf('groups', 'groups', users, async (UserName) => {
    const groups = await listed(iam.paginateListGroupsForUser({ client }, { UserName }), ({ Groups }) => Groups);
    return groups.map(({ GroupName }) => ({
      what: `membership of ${UserName} in the group ${GroupName}`,
      remove: gone(() => client.send(new iam.RemoveUserFromGroupCommand({ UserName, GroupName }))),
    }));
  });

const policyStep = (client: Client, users: readonly string[]): Step =>
  stepOf('policies', 'inline and attached policies', users, async (UserName) => {
    const inline = (await policyNames(client, UserName)).filter((name) => name !== leavingPolicy);
    const attached = await listed(iam.paginateListAttachedUserPolicies({ client }, { UserName }), (page) => page.AttachedPolicies);
    return [
      ...inline.map((PolicyName) => ({
        what: `inline policy ${PolicyName} of ${UserName}`,
        remove: gone(() => client.send(new iam.DeleteUserPolicyCommand({ UserName, PolicyName }))),
      })),
      ...attached.map(({ PolicyArn }) => ({
        what: `policy ${PolicyArn} of ${UserName}`,
        remove: gone(() => client.send(new iam.DetachUserPolicyCommand({ UserName, PolicyArn }))),
      })),
    ];
  });

/**
 * The users themselves, with the denial. A user that stays would appear in credential reports and could get a password
 * again; the trail and the record keep the name. Only after every other step: a name without a user could not be found
 * again.
 */
export const deletionStep = (client: Client, users: readonly string[], after: readonly string[]): Step => ({
  ...stepOf('user', 'the user', users, async (UserName) => {
    if (!(await userExists(client, UserName))) return [];
    const remove = gone(async () => {
      await unlessAbsent(() => client.send(new iam.DeleteUserPolicyCommand({ UserName, PolicyName: leavingPolicy })));
      await client.send(new iam.DeleteUserCommand({ UserName }));
    });
    return [{ what: `user ${UserName}`, remove }];
  }),
  after,
});
