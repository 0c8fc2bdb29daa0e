// Whom the policy and the grants of a key admit besides the account that the key is in.
import type { GrantListEntry } from '@aws-sdk/client-kms';

/** A service of AWS, as grants and policies name it: it acts for this account, under conditions that the templates' rules look at. */
const service = /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/;

/** Condition keys that name the caller's account ("Condition keys for AWS KMS", "AWS global condition context keys"). */
const callerKeys = ['kms:calleraccount', 'aws:principalaccount'];

/** The account of a principal: an ARN of IAM or STS, or the bare number. Ids of principals that are no more (`AROA...`) tell none. */
function accountOf(principal: string): string | undefined {
  if (/^\d{12}$/.test(principal)) return principal;
  return /^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1];
}

/** Grantees of a key that are neither this account's nor a service of AWS, each with the grant's id. */
export function foreignGrantees(grants: readonly GrantListEntry[], account: string): { readonly grant: string; readonly to: string }[] {
  return grants.flatMap(({ GrantId, GranteePrincipal, GranteeServicePrincipal }) => {
    const to = GranteePrincipal ?? GranteeServicePrincipal ?? 'a principal that is not told';
    return service.test(to) || accountOf(to) === account ? [] : [{ grant: GrantId ?? 'without id', to }];
  });
}

/**
 * Principals that a key policy allows something and that may be of another account: everybody, unless under a condition that names
 * this account as the caller's; everybody but some; an account, role or user of another account; an identity provider; and an id that
 * no longer names anybody. Throws for a text that is no policy.
 */
export function foreignPrincipals(policy: string, account: string): string[] {
  return statementsOf(policy).flatMap((statement) => {
    if (statement.Effect === 'Deny') return [];
    if (statement.NotPrincipal !== undefined) return [`everybody but ${JSON.stringify(statement.NotPrincipal)}`];
    return principalsOf(statement.Principal).filter((principal) => {
      if (service.test(principal) || accountOf(principal) === account) return false;
      return principal !== '*' || !boundToCaller(statement.Condition, account);
    });
  });
}

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function statementsOf(policy: string): JsonObject[] {
  const read: unknown = JSON.parse(policy);
  const statements = isObject(read) ? listOf(read.Statement).filter(isObject) : [];
  if (statements.length === 0) throw new Error(`key policy: expected statements, got ${policy.slice(0, 80)}; look at the key by hand`);
  return statements;
}

/** Principals as text; `*` stands for everybody, and so does a principal that is not there. */
function principalsOf(principal: unknown): string[] {
  if (!isObject(principal)) return ['*'];
  return Object.values(principal).flatMap((names) => listOf(names).map(String));
}

/** Whether a condition lets only callers of this account pass: conditions hold together, so one that does is enough. */
function boundToCaller(condition: unknown, account: string): boolean {
  const equals = isObject(condition) ? condition.StringEquals : undefined;
  if (!isObject(equals)) return false;
  return Object.entries(equals).some(
    ([key, values]) => callerKeys.includes(key.toLowerCase()) && listOf(values).every((value) => value === account),
  );
}
