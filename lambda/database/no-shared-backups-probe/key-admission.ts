// Principals outside the key's account that its policy or its grants allow.
import type { GrantListEntry } from '@aws-sdk/client-kms';

/**
 * Name of an AWS service in grants and policies. Services act for this account; the template rules check their
 * conditions.
 */
const service = /^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/;

/** Condition keys for the caller's account ("Condition keys for AWS KMS", "AWS global condition context keys"). */
const callerKeys = ['kms:calleraccount', 'aws:principalaccount'];

/**
 * The account of a principal, from an IAM or STS ARN or an account number. Ids of deleted principals (`AROA...`)
 * contain none.
 */
function accountOf(principal: string): string | undefined {
  if (/^\d{12}$/.test(principal)) return principal;
  return /^arn:[^:]*:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1];
}

/** Grantees that are neither of this account nor an AWS service, each with the id of the grant. */
export function foreignGrantees(grants: readonly GrantListEntry[], account: string): { readonly grant: string; readonly to: string }[] {
  return grants.flatMap(({ GrantId, GranteePrincipal, GranteeServicePrincipal }) => {
    const to = GranteePrincipal ?? GranteeServicePrincipal ?? 'an unnamed principal';
    return service.test(to) || accountOf(to) === account ? [] : [{ grant: GrantId ?? 'without id', to }];
  });
}

/**
 * Principals that a key policy allows and that may be of another account: `*`, unless a condition limits the caller to
 * this account; a `NotPrincipal`; an account, role or user of another account; an identity provider; and the id of a
 * deleted principal.
 *
 * @throws Error for a text that is not a policy
 */
export function foreignPrincipals(policy: string, account: string): string[] {
  return statementsOf(policy).flatMap((statement) => {
    if (statement.Effect === 'Deny') return [];
    if (statement.NotPrincipal !== undefined) return [`every principal except ${JSON.stringify(statement.NotPrincipal)}`];
    return principalsOf(statement.Principal).filter((principal) => {
      if (service.test(principal) || accountOf(principal) === account) return false;
      return principal !== '*' || !isLimitedToAccount(statement.Condition, account);
    });
  });
}

type JsonObject = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

function statementsOf(policy: string): JsonObject[] {
  const read: unknown = JSON.parse(policy);
  const statements = isObject(read) ? listOf(read.Statement).filter(isObject) : [];
  if (statements.length === 0)
    throw new Error(`policy: expected statements, got ${policy.slice(0, 80)}; check the resource in its console`);
  return statements;
}

/** Principals as text; `*` is everybody, and so is a missing principal. */
function principalsOf(principal: unknown): string[] {
  if (!isObject(principal)) return ['*'];
  return Object.values(principal).flatMap((names) => listOf(names).map(String));
}

/** Whether a condition limits callers to this account. All conditions must match, so one is enough. */
function isLimitedToAccount(condition: unknown, account: string): boolean {
  const equals = isObject(condition) ? condition.StringEquals : undefined;
  if (!isObject(equals)) return false;
  return Object.entries(equals).some(
    ([key, values]) => callerKeys.includes(key.toLowerCase()) && listOf(values).every((value) => value === account),
  );
}
