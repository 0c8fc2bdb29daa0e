// Sessions of a person: of roles that were assumed before, and shells on servers.
import * as iam from '@aws-sdk/client-iam';
import { DescribeSessionsCommand, type Session, type SSMClient, TerminateSessionCommand } from '@aws-sdk/client-ssm';
import { denialName, endOfDenial, isDenialOf, isRoleOfDeployments, isRoleOfPeople } from './names';
import { type Item, type Step, unlessAbsent } from './step';

/** Longest session of a role, in seconds, where its answer lacks it ("IAM and AWS STS quotas": 12 hours). */
const longestSession = 43_200;

/**
 * Time for which a person may still begin sessions after the denial, in milliseconds. A user is denied within seconds,
 * and clocks differ. A session of a permission set lasts up to 12 hours, and its role cannot be changed ("Set session
 * duration for AWS accounts", IAM Identity Center).
 */
const stillBeginning = { user: 60_000, directory: 12 * 3_600_000 } as const;

/** Time for which a denial is enough, in milliseconds: reads settle, and a repeated run changes nothing. */
const slack = 15 * 60_000;

/**
 * Denies the sessions with a name, or all of them, that begin before a time. Roles of people are shared, so their
 * denial names the session: `aws:userid` is `<role id>:<session name>` ("IAM JSON policy elements: Variables and
 * tags"). The policy allows nothing, and a template sets no inline policies of these roles, so the deployment does not
 * drift. (IAM User Guide, "Disabling permissions for temporary security credentials")
 */
export const sessionDenial = (sessionName: string | undefined, end: Date): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        ...{ Effect: 'Deny', Action: '*', Resource: '*' },
        Condition: {
          ...(sessionName === undefined ? {} : { StringLike: { 'aws:userid': `*:${sessionName}` } }),
          DateLessThan: { 'aws:TokenIssueTime': end.toISOString().replace(/\.\d+/, '') },
        },
      },
    ],
  });

interface RoleState {
  readonly role: iam.Role;
  readonly name: string;
  readonly policies: readonly string[];
}

/** Roles of the account with a name of a kind, with the names of their inline policies. */
async function rolesWhere(client: iam.IAMClient, isOfKind: (name: string) => boolean): Promise<readonly RoleState[]> {
  const states: RoleState[] = [];
  for await (const { Roles = [] } of iam.paginateListRoles({ client }, {})) {
    for (const role of Roles) {
      const { RoleName: name = '' } = role;
      if (isOfKind(name)) states.push({ role, name, policies: await policyNames(client, name) });
    }
  }
  return states;
}

/** Of every deployment in the account. */
const rolesOfPeople = (client: iam.IAMClient): Promise<readonly RoleState[]> => rolesWhere(client, isRoleOfPeople);

async function policyNames(client: iam.IAMClient, RoleName: string): Promise<readonly string[]> {
  const names = await unlessAbsent(async () => {
    const found: string[] = [];
    for await (const { PolicyNames = [] } of iam.paginateListRolePolicies({ client }, { RoleName })) found.push(...PolicyNames);
    return found;
  });
  return names ?? [];
}

/** Whether the roles deny the sessions of one of these names. */
export async function areSessionsDenied(client: iam.IAMClient, names: readonly string[]): Promise<boolean> {
  const roles = await rolesOfPeople(client);
  return roles.some(({ policies }) => policies.some((policy) => names.some((name) => isDenialOf(policy, name))));
}

/** Whose sessions, and where the person signs in. */
export interface Sessions {
  readonly names: readonly string[];
  readonly signIn: keyof typeof stillBeginning;
}

/** Time at which the last session of a role ends, where the person loses the sign-in at `now`. */
const lastEnd = ({ MaxSessionDuration = longestSession }: iam.Role, signIn: Sessions['signIn'], now: Date): Date =>
  new Date(now.getTime() + stillBeginning[signIn] + MaxSessionDuration * 1000);

/**
 * A denial on each role of people, for each session name: for a person without a user too, since sessions outlive the
 * user that began them. A denial that ends before the sessions may is not enough. It stays beside its successor until
 * its end, so that at no time there is none.
 */
export const roleSessionStep = (client: iam.IAMClient, sessions: Sessions, now: () => Date): Step => ({
  ...{ name: 'role-sessions', title: 'sessions of roles' },
  async left() {
    const { names, signIn } = sessions;
    const states = await rolesOfPeople(client);
    const at = now();
    const isDenied = ({ role, policies }: RoleState, name: string) =>
      policies.some((policy) => isDenialOf(policy, name) && !endsBefore(policy, lastEnd(role, signIn, at)));
    return states.flatMap((state) =>
      names.filter((name) => !isDenied(state, name)).map((name) => denialOf(client, state, name, signIn, now)),
    );
  },
});

/** Whether a policy is a denial that ends before a time. Policies of others are none. */
function endsBefore(policy: string, time: Date): boolean {
  const end = endOfDenial(policy);
  return end !== undefined && end < time;
}

function denialOf(
  client: iam.IAMClient,
  { role, name: RoleName }: RoleState,
  name: string,
  signIn: Sessions['signIn'],
  now: () => Date,
): Item {
  const remove = async (): Promise<void> => {
    const end = new Date(lastEnd(role, signIn, now()).getTime() + slack);
    const policy = { PolicyName: denialName(name, end), PolicyDocument: sessionDenial(name, end) };
    await unlessAbsent(() => client.send(new iam.PutRolePolicyCommand({ RoleName, ...policy })));
  };
  return { what: `sessions of ${name} in the role ${RoleName}`, remove };
}

/** The name in the names of the denials; no session has it ("AssumeRole", RoleSessionName). */
const deploymentsOf = (person: string): string => `deployments of ${person}`;

/**
 * Ends the sessions of the bootstrap roles, which a person assumes from the role for recovery, or as an administrator.
 * The caller chooses their names, so the denial is of all that have begun; workflows that run then begin again, and
 * CloudFormation completes a change of a stack with its own role. It comes after the denials of users and roles, from
 * which no such session begins any more. (IAM User Guide, "Revoke IAM role temporary security credentials")
 */
export const deploymentSessionStep = (client: iam.IAMClient, person: string, now: () => Date): Step => ({
  ...{ name: 'deployment-sessions', title: 'sessions that deploy' },
  async left() {
    const states = await rolesWhere(client, isRoleOfDeployments);
    const name = deploymentsOf(person);
    const at = now();
    return states
      .filter(
        ({ role, policies }) => !policies.some((policy) => isDenialOf(policy, name) && !endsBefore(policy, lastEnd(role, 'user', at))),
      )
      .map(({ role, name: RoleName }): Item => {
        const remove = async (): Promise<void> => {
          const until = new Date(now().getTime() + stillBeginning.user);
          const end = new Date(lastEnd(role, 'user', now()).getTime() + slack);
          const policy = { PolicyName: denialName(name, end), PolicyDocument: sessionDenial(undefined, until) };
          await unlessAbsent(() => client.send(new iam.PutRolePolicyCommand({ RoleName, ...policy })));
        };
        return { what: `sessions in the role ${RoleName}, of anybody`, remove };
      });
  },
});

/** Denials, of any person, whose sessions have ended: a role has room for few inline policies. */
export const oldDenialStep = (client: iam.IAMClient, now: () => Date): Step => ({
  ...{ name: 'old-denials', title: 'denials of sessions that have ended' },
  async left() {
    const states = await rolesWhere(client, (name) => isRoleOfPeople(name) || isRoleOfDeployments(name));
    const at = now();
    return states.flatMap(({ name: RoleName, policies }) =>
      policies
        .filter((policy) => endsBefore(policy, at))
        .map((PolicyName) => ({
          what: `policy ${PolicyName} of the role ${RoleName}`,
          async remove() {
            await unlessAbsent(() => client.send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName })));
          },
        })),
    );
  },
});

/** Session Manager in one region. */
export interface RegionalShells {
  readonly region: string;
  readonly client: SSMClient;
}

/** Shells in the regions of the deployment. Session Manager closes their connections at once. */
export const shellStep = (regions: readonly RegionalShells[], names: readonly string[]): Step => ({
  ...{ name: 'shells', title: 'running shells on servers' },
  async left() {
    const items: Item[] = [];
    for (const { region, client } of regions) {
      const running = (await activeSessions(client)).filter((session) => isOf(session, names));
      items.push(
        ...running.map(({ SessionId, Target }) => ({
          what: `shell ${SessionId} on ${Target} in ${region}`,
          async remove() {
            await unlessAbsent(() => client.send(new TerminateSessionCommand({ SessionId })));
          },
        })),
      );
    }
    return items;
  },
});

/**
 * Every active session: the filter `Owner` takes one ARN, and the owner may have used any role. A session that is
 * ended is listed for a while with its status.
 */
async function activeSessions(client: SSMClient): Promise<readonly Session[]> {
  const found: Session[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeSessionsCommand({ State: 'Active', ...(NextToken === undefined ? {} : { NextToken }) }));
    found.push(...(page.Sessions ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found.filter(({ Status }) => Status !== 'Terminating' && Status !== 'Terminated' && Status !== 'Failed');
}

/** The owner is the ARN of a session of a role, or of a user, whose path may precede the name. */
const isOf = ({ Owner = '' }: Session, names: readonly string[]): boolean => names.includes(Owner.split('/').at(-1) ?? '');
