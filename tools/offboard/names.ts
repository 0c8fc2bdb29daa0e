// Names of a person in the places that an off-boarding looks at.
import { createHash } from 'node:crypto';
import { bootstrapQualifier, type PeopleRole, peopleRoles } from '../../lib/config/names';

export interface Person {
  /** Name in the registry of the VPN, in records and in commands. */
  readonly name: string;
  /** Names of the IAM users of the person. */
  readonly users: readonly string[];
  /** User name in IAM Identity Center. @default - none */
  readonly directoryUser?: string;
}

/**
 * Names of the sessions of the person's roles: the trust of each role requires the name of the user (role-trust.ts),
 * and IAM Identity Center names sessions by the user.
 */
export const sessionNames = ({ users, directoryUser }: Person): readonly string[] => [
  ...new Set([...users, ...(directoryUser === undefined ? [] : [directoryUser])]),
];

/** Roles that the person could have assumed: not those of outside auditors and of workflows. */
const ofPersons: readonly PeopleRole[] = peopleRoles.filter((role) => role !== 'auditor' && role !== 'deployer');
const roleOfPeople = new RegExp(`^[a-z][a-z0-9-]*-(?:${ofPersons.join('|')})-[a-z]{2}(?:-[a-z]+)+-\\d$`);

/** Whether a role is one of people, of any deployment and site in the account: its name says so. */
export const isRoleOfPeople = (roleName: string): boolean => roleOfPeople.test(roleName);

const roleOfDeployments = new RegExp(`^cdk-${bootstrapQualifier}-(?:deploy|file-publishing|lookup)-role-\\d{12}-[a-z]{2}(?:-[a-z]+)+-\\d$`);

/** Whether a role is one of the CDK bootstrap by which people deploy; CloudFormation alone has the execution role. */
export const isRoleOfDeployments = (roleName: string): boolean => roleOfDeployments.test(roleName);

const prefix = 'rempart-left';

/** Beginning of the names of the denials for a session name. */
const denialPrefix = (sessionName: string): string => `${prefix}-${createHash('sha256').update(sessionName).digest('hex').slice(0, 16)}-`;

/** Name of the inline policy that denies the sessions with a name until their end, to the second. */
export const denialName = (sessionName: string, end: Date): string =>
  `${denialPrefix(sessionName)}${end.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;

/** End of the sessions that a denial is about; undefined for another policy. */
export function endOfDenial(policyName: string): Date | undefined {
  const [, date = '', time = ''] = new RegExp(`^${prefix}-[0-9a-f]{16}-(\\d{8})T(\\d{6})Z$`).exec(policyName) ?? [];
  if (date === '') return undefined;
  const text = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`;
  const end = new Date(text);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

export const isDenialOf = (policyName: string, sessionName: string): boolean =>
  policyName.startsWith(denialPrefix(sessionName)) && endOfDenial(policyName) !== undefined;
