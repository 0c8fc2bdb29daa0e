// The steps of an off-boarding, in order: what stops access first, then what would give it again, then the names.
import type { IAMClient } from '@aws-sdk/client-iam';
import { type DatabaseAccess, databaseStep } from './database-step';
import { type Directory, directorySteps, isInDirectory } from './directory-steps';
import { type Person, sessionNames } from './names';
import { areSessionsDenied, deploymentSessionStep, oldDenialStep, type RegionalShells, roleSessionStep, shellStep } from './session-steps';
import type { Step } from './step';
import { deletionStep, denialStep, existingUsers, userSteps } from './user-steps';
import { hasCertificate, type Vpn, vpnStep } from './vpn-step';

/** Where a person may have access. */
export interface Places {
  readonly iam: IAMClient;
  readonly shells: readonly RegionalShells[];
  /** @default - the operator left the VPN out */
  readonly vpn?: Vpn;
  /** @default - nobody has access to the database */
  readonly database?: DatabaseAccess;
  /** @default - people do not sign in by IAM Identity Center */
  readonly directory?: Directory;
}

const withoutVpn: Step = {
  ...{ name: 'certificates', title: 'certificates and connections of the VPN', leftOut: '--without-vpn' },
  left: async () => [],
};

export function stepsOf(person: Person, places: Places, now: () => Date): readonly Step[] {
  const { iam, shells, vpn, database, directory } = places;
  const { users, directoryUser } = person;
  const names = sessionNames(person);
  const steps = [
    denialStep(iam, users),
    roleSessionStep(iam, { names, signIn: directory ? 'directory' : 'user' }, now),
    deploymentSessionStep(iam, person.name, now),
    vpn ? vpnStep(vpn, person.name, now) : withoutVpn,
    ...(database ? [databaseStep(database, names)] : []),
    shellStep(shells, names),
    ...userSteps(iam, users),
  ];
  const all = steps.map(({ name }) => name);
  return [
    ...steps,
    // The denial of sessions must be there before the names are gone, from which it follows.
    ...(directory && directoryUser !== undefined ? directorySteps(directory, directoryUser, ['role-sessions']) : []),
    deletionStep(iam, users, all),
    oldDenialStep(iam, now),
  ];
}

/**
 * Places that have a trace of the person; none for a name that is misspelled. A place that does not answer counts: its
 * step reports it, and does not keep the others from running.
 */
export async function tracesOf(person: Person, { iam, shells, vpn, database, directory }: Places): Promise<readonly string[]> {
  const { name, users, directoryUser } = person;
  const names = sessionNames(person);
  const looks: Readonly<Record<string, () => Promise<boolean>>> = {
    user: async () => (await existingUsers(iam, users)).length > 0,
    'registry of the VPN': async () => vpn !== undefined && hasCertificate(vpn, name),
    'IAM Identity Center': async () => directory !== undefined && directoryUser !== undefined && isInDirectory(directory, directoryUser),
    'access to the database': async () => database !== undefined && (await databaseStep(database, names).left()).length > 0,
    'running shells': async () => (await shellStep(shells, names).left()).length > 0,
    'denials of sessions': () => areSessionsDenied(iam, names),
  };
  const found: string[] = [];
  for (const [place, look] of Object.entries(looks)) if (await look().catch(() => true)) found.push(place);
  return found;
}
