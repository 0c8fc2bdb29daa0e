// Roles that people and deployers assume: the statements of their trust, and their permissions.
import { type Assembly, listOf, type Resource } from './assembly';
import { ownStatements } from './identity-policies';
import { type Statement, statementsOf } from './policies';
import { principalsOf } from './principals';
import { managedPolicyType, roleType } from './resource-types';

/** Kinds of principals that assume a role: people of this or another account, or identities of a provider. */
export type PeopleKind = 'account' | 'provider';

export interface Admission {
  readonly kind: PeopleKind;
  readonly principal: string;
  readonly statement: Statement;
}

const kinds: Readonly<Record<string, PeopleKind>> = { AWS: 'account', Federated: 'provider' };

/**
 * The statements of a trust that admit anyone but a service of AWS, or a role of the same stack, by its reference: the
 * table of admissions (lib/tom/world) judges that.
 */
export function admissionsOf(role: Resource): readonly Admission[] {
  const statements = statementsOf(role.at('AssumeRolePolicyDocument'), 'AssumeRolePolicyDocument');
  return statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap((statement) =>
      principalsOf(statement.json).flatMap(({ kind, name }) => {
        const of = kinds[kind];
        return of === undefined || isOwnRole(name, role) ? [] : [{ kind: of, principal: name, statement }];
      }),
    );
}

/** Whether a principal is a reference to a role of the stack. */
function isOwnRole(principal: string, { stack }: Resource): boolean {
  const [, id = ''] = /^\$\{([A-Za-z0-9]+)\.Arn\}$/.exec(principal) ?? [];
  return stack.template.Resources?.[id]?.Type === roleType;
}

/** Whether a principal is the account of the deployment. */
export const isOwnAccount = (principal: string, { stack }: Resource): boolean =>
  ['${AWS.AccountId}', stack.account ?? ''].some(
    (account) => account !== '' && new RegExp(`^arn:[^:]+:iam::${escaped(account)}:root$`).test(principal),
  );

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The statements of the policies that name a role, and of the role itself. */
export function permissionsOf(role: Resource, assembly: Assembly): readonly Statement[] {
  const policies = assembly
    .ofType(managedPolicyType)
    .filter((policy) => listOf(policy.at('Roles')).some((target) => assembly.refersTo(target, policy, role)));
  return [role, ...policies].flatMap(ownStatements);
}
