// Examines the passwords and access keys of all IAM users, and ends those that are too old.
import type { ProbeFinding, ProbeResult } from '../../../runtime/probe';
import type { ReportedPassword } from './credential-report';
import { type Ages, ageInDays, isExempt, keyVerdict, passwordVerdict } from './verdicts';

export interface AccessKey {
  readonly id: string;
  readonly created: Date;
  readonly isActive: boolean;
}

/** The calls to IAM that the function makes. */
export interface Credentials {
  /** Names of all IAM users. */
  users(): Promise<readonly string[]>;
  /** The credential report, which IAM generates at most every 4 hours, and the time of it. */
  report(): Promise<{ readonly at: Date; readonly passwords: readonly ReportedPassword[] }>;
  /** Creation of the login profile; undefined for a user without one. */
  loginProfile(user: string): Promise<Date | undefined>;
  /** Last sign-in with the password; undefined if there is none. */
  lastSignIn(user: string): Promise<Date | undefined>;
  /** No error if the user or the profile does not exist. */
  deleteLoginProfile(user: string): Promise<void>;
  accessKeys(user: string): Promise<readonly AccessKey[]>;
  /** Last use of an access key; undefined if it was never used. */
  lastUse(key: string): Promise<Date | undefined>;
  /** No error if the user or the key does not exist. */
  disableKey(user: string, key: string): Promise<void>;
  deleteKey(user: string, key: string): Promise<void>;
  /** Whether the root user has MFA, and access keys. */
  root(): Promise<{ readonly hasMfa: boolean; readonly hasKeys: boolean }>;
}

export interface Examined extends ProbeResult {
  /** One sentence for each credential that people are told of: warned, disabled or removed. */
  readonly notices: readonly string[];
}

interface Run {
  readonly now: Date;
  readonly ages: Ages;
  readonly findings: ProbeFinding[];
  readonly notices: string[];
  readonly unseen: string[];
}

export interface Request {
  readonly now: Date;
  readonly ages: Ages;
  readonly exemptions: ReadonlyMap<string, Date>;
}

/**
 * Examines every user. A failure is reported in `unseen` and does not prevent the rest. Idempotent. (TOM-3.8,
 * TOM-3.10)
 */
export async function examine(credentials: Credentials, { now, ages, exemptions }: Request): Promise<Examined> {
  const run: Run = { now, ages, findings: [], notices: [], unseen: [] };
  const users = (await attempt(run, 'users', () => credentials.users())) ?? [];
  const report = await attempt(run, 'credential report', () => credentials.report());
  const examined = users.filter((user) => !isExempt(user, exemptions, now));
  for (const user of examined) {
    const reported = report?.passwords.find((password) => password.user === user);
    if (report) await attempt(run, `password of ${user}`, () => examinePassword(credentials, user, reported, report.at, run));
    await attempt(run, `access keys of ${user}`, () => examineKeys(credentials, user, run));
  }
  const looked = { users: examined.length, exempt: users.length - examined.length };
  return { looked, findings: run.findings, notices: run.notices, unseen: run.unseen };
}

async function attempt<Result>({ unseen }: Run, resource: string, work: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    unseen.push(`${resource}: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`);
    return undefined;
  }
}

/**
 * The report can be 4 hours old. A login profile that was created since, and a password that its owner has used since,
 * wait for the next report: the password may have been changed.
 */
async function examinePassword(
  credentials: Credentials,
  user: string,
  reported: ReportedPassword | undefined,
  reportedAt: Date,
  { now, ages, findings, notices }: Run,
): Promise<void> {
  if (reported === undefined) return checkReported(credentials, user, reportedAt);
  if (reported.unread !== undefined) throw new Error(`credential report: ${reported.unread}`);
  if (reported.changed === undefined) return;
  const age = ageInDays(reported.changed, now);
  const verdict = passwordVerdict(age, ages);
  if (verdict === 'keep') return;
  if (verdict === 'warn') {
    notices.push(`The password of ${user} is ${age} days old: change it before it is ${ages.limit} days old, or it is removed.`);
    return;
  }
  const created = await credentials.loginProfile(user);
  if (created === undefined || created >= reportedAt) return;
  const signedIn = await credentials.lastSignIn(user);
  if (signedIn !== undefined && signedIn >= reportedAt) return;
  await credentials.deleteLoginProfile(user);
  notices.push(`The password of ${user} was ${age} days old and is removed: an administrator can create another one.`);
  findings.push(endedFinding(`password::${user}`, `password of ${user}`, age, ages.limit, 'removed the login profile'));
}

/** @throws Error for a user that the report lacks, although the password is older than the report */
async function checkReported(credentials: Credentials, user: string, reportedAt: Date): Promise<void> {
  const created = await credentials.loginProfile(user);
  if (created === undefined || created >= reportedAt) return;
  throw new Error(`credential report: expected a row of ${user}, got none; read the report by hand`);
}

async function examineKeys(credentials: Credentials, user: string, { now, ages, findings, notices }: Run): Promise<void> {
  for (const { id, created, isActive } of await credentials.accessKeys(user)) {
    const age = ageInDays(created, now);
    // Only the end of a disabled key depends on its last use.
    const used = !isActive && age >= ages.remove ? await credentials.lastUse(id) : undefined;
    const verdict = keyVerdict(age, isActive, ageInDays(used ?? created, now), ages);
    const key = `access key ${maskedKey(id)} of ${user}`;
    if (verdict === 'warn') {
      notices.push(`The ${key} is ${age} days old: replace it before it is ${ages.limit} days old, or it is disabled.`);
    } else if (verdict === 'disable') {
      await credentials.disableKey(user, id);
      notices.push(`The ${key} was ${age} days old and is disabled; it is deleted when it is ${ages.remove} days old.`);
      findings.push(endedFinding(`key::${user}::${maskedKey(id)}`, key, age, ages.limit, 'disabled the key'));
    } else if (verdict === 'delete') {
      await credentials.deleteKey(user, id);
      notices.push(`The ${key} was ${age} days old and disabled, and is deleted.`);
      findings.push(endedFinding(`key::${user}::${maskedKey(id)}`, key, age, ages.remove, 'deleted the key'));
    }
  }
}

/** The end of an id, by which its owner recognizes it. */
const maskedKey = (id: string): string => `...${id.slice(-4)}`;

const endedFinding = (id: string, resource: string, age: number, limit: number, done: string): ProbeFinding => ({
  ...{ id, resource, found: `${age} days old`, required: `less than ${limit} days` },
  fix: `The function has ${done}. Its owner signs in by a role, or gets a new credential.`,
});

/** The root user has MFA and no access keys; a function can change neither. */
export async function examineRoot(credentials: Pick<Credentials, 'root'>): Promise<ProbeResult> {
  try {
    const { hasMfa, hasKeys } = await credentials.root();
    const finding = (id: string, found: string, required: string, fix: string): ProbeFinding => ({
      id,
      resource: 'root user',
      found,
      required,
      fix,
    });
    const findings = [
      ...(hasMfa ? [] : [finding('root::mfa', 'no MFA', 'an MFA device', 'Sign in as the root user and assign a security key.')]),
      ...(hasKeys ? [finding('root::keys', 'access keys', 'no access key', 'Sign in as the root user and delete its access keys.')] : []),
    ];
    return { looked: { root: 1 }, findings, unseen: [] };
  } catch (error) {
    return {
      looked: { root: 0 },
      findings: [],
      unseen: [`root user: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`],
    };
  }
}
