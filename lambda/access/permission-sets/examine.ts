// What differs from the promise in the roles of permission sets of IAM Identity Center: their names, boundaries and
// trusts. IAM Identity Center gives each of them a maximum session of 12 hours, and enforces the shorter duration of
// the permission set itself ("Set session duration for AWS accounts"): the role does not have that duration, and the
// alarm `ConsoleSessionLong` reports longer sessions.
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';

/** A role of a permission set in the account. */
export interface SetRole {
  /** ARN of its permissions boundary. */
  readonly boundary: string | undefined;
  /** Its trust policy, as JSON. */
  readonly trust: string;
}

/** The calls to AWS that the function makes. */
export interface SetRoles {
  /** Names of the roles below the path of IAM Identity Center. */
  names(): Promise<readonly string[]>;
  /** A role, or undefined where it is gone: IAM Identity Center deletes it with the last assignment. */
  read(name: string): Promise<SetRole | undefined>;
}

export interface Promised {
  readonly account: string;
  /** Names of the permission sets of people; `*` stands for any characters of a name. */
  readonly sets: readonly string[];
  /** ARN of the boundary of each set; `*` stands for any characters of a name. */
  readonly boundary: string;
}

/** Examines every role. A call that fails makes the run incomplete; it is never a finding. (TOM-3.2, TOM-3.5) */
export async function examine(roles: SetRoles, promised: Promised): Promise<ProbeResult> {
  const findings: ProbeFinding[] = [];
  const unseen: string[] = [];
  const attempt = async <Result>(resource: string, call: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await call();
    } catch (error) {
      unseen.push(`${resource}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
      return undefined;
    }
  };
  const names = await attempt('roles', () => roles.names());
  for (const name of names ?? []) {
    const role = await attempt(name, () => roles.read(name));
    if (role !== undefined) findings.push(...roleFindings(name, role, promised));
  }
  // People sign in by permission sets, so an empty list proves nothing.
  if (names?.length === 0) findings.push(none(promised));
  return { looked: { roles: names?.length ?? 0 }, findings, unseen };
}

const none = ({ sets }: Promised): ProbeFinding => ({
  ...{ id: 'roles', resource: 'roles of permission sets', found: 'none', required: `permission sets named ${sets.join(', ')}` },
  fix: 'Assign the permission sets to the account: see PermissionSetsDiffer in docs/runbook.md.',
});

function roleFindings(name: string, role: SetRole, promised: Promised): readonly ProbeFinding[] {
  const set = setOf(name);
  if (set === undefined || !promised.sets.some((pattern) => isLike(set, pattern))) return [unlisted(name, set, promised)];
  return [...boundaryFindings(name, role, promised), ...trustFindings(name, role, promised)];
}

/** The permission set of a role: its name follows a prefix, and an id follows it ("Referencing permission sets"). */
const setOf = (name: string): string | undefined => /^AWSReservedSSO_(.+)_[0-9a-f]+$/.exec(name)?.[1];

/** Whether a text is like a pattern, whose `*` stands for characters of names. */
const isLike = (text: string, pattern: string): boolean =>
  new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[\\w+=,.@-]+')}$`).test(text);

/** Any other set is a way into the account without the networks of the roles. (TOM-3.2) */
const unlisted = (name: string, set: string | undefined, { sets }: Promised): ProbeFinding => ({
  ...{ id: `${name}::set`, resource: name, found: set === undefined ? 'no permission set' : `the permission set ${set}` },
  required: `one of ${sets.join(', ')}`,
  fix: 'Remove its assignments to this account in IAM Identity Center, which then deletes the role.',
});

/** Sessions of a set may lack the MFA key, so its boundary limits them. (TOM-3.5) */
function boundaryFindings(name: string, { boundary }: SetRole, promised: Promised): readonly ProbeFinding[] {
  if (boundary !== undefined && isLike(boundary, promised.boundary)) return [];
  const fix = 'Set the permissions boundary of the permission set in IAM Identity Center, and provision it again.';
  return [{ id: `${name}::boundary`, resource: name, found: boundary ?? 'no boundary', required: promised.boundary, fix }];
}

/**
 * The provider enforces the duration of the set, so nobody else may assume the role. ("Set session duration for AWS
 * accounts") (TOM-3.3)
 */
function trustFindings(name: string, { trust }: SetRole, { account }: Promised): readonly ProbeFinding[] {
  if (isOfProviderAlone(trust, account)) return [];
  const required = 'a trust of the SAML provider of IAM Identity Center alone, to assume the role with SAML';
  const fix = 'Find the caller of UpdateAssumeRolePolicy in the audit trail, and provision the permission set again.';
  return [{ id: `${name}::trust`, resource: name, found: trust, required, fix }];
}

/** Actions by which IAM Identity Center begins a session. */
const signInActions = ['sts:AssumeRoleWithSAML', 'sts:TagSession', 'sts:SetSourceIdentity', 'sts:SetContext'];

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

function isOfProviderAlone(trust: string, account: string): boolean {
  const statements = listOf(parsed(trust)?.Statement);
  const allowed = statements.filter((statement) => !isFields(statement) || statement.Effect !== 'Deny');
  const provider = new RegExp(`^arn:[a-z-]+:iam::${account}:saml-provider/AWSSSO_[0-9a-f]+_DO_NOT_DELETE$`);
  return allowed.length > 0 && allowed.every((statement) => isFields(statement) && isSignIn(statement, provider));
}

function isSignIn({ Effect, Principal, Action }: Fields, provider: RegExp): boolean {
  const principals = isFields(Principal) ? Object.entries(Principal) : [];
  const actions = listOf(Action);
  return (
    Effect === 'Allow' &&
    principals.length === 1 &&
    principals.every(([kind, values]) => kind === 'Federated' && listOf(values).every((value) => provider.test(String(value)))) &&
    actions.length > 0 &&
    actions.every((action) => signInActions.includes(String(action)))
  );
}

const listOf = (value: unknown): readonly unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

function parsed(trust: string): Fields | undefined {
  try {
    const policy: unknown = JSON.parse(trust);
    return isFields(policy) ? policy : undefined;
  } catch {
    return undefined;
  }
}
