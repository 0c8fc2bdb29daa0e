// Forms of roles and their policies: trust, boundary, description, and exactly one policy.
import type { Call } from '../../../runtime/calls';
import { managedPolicyType, roleType } from '../template/resource-types';
import { type Declaration, type DeclarationOptions, declare } from './declaration';
import type { Context, FormLike } from './form';
import { type Grants, grants } from './permissions';
import { tags } from './tags';

export interface RoleFamily {
  /** Name of the role, as in `data/ProxyRole`. */
  readonly role: string;
  /** Name of its one policy, as in `data/ProxySignIn`. */
  readonly policy: string;
  /** The service of AWS that assumes the role, and no other principal; or statements of another trust. */
  readonly service: string | readonly FormLike[];
  /** Condition of the trust; a service that supports none has none. @default - none */
  readonly source?: FormLike;
  /** Fixed name of the role. @default - CloudFormation names it */
  readonly roleName?: string;
  /** ARN of another boundary. @default - that of every role */
  readonly boundary?: string;
  /** Longest session in seconds. @default - that of IAM */
  readonly maximum?: number;
  readonly roleDescription: FormLike;
  readonly policyDescription: string;
  /** Calls for which the role has permissions. */
  readonly calls: readonly Call[];
  /** Values of the calls besides those of the deployment. @default - none */
  readonly values?: (context: Context) => Omit<Grants, 'calls'>;
  /** @default - the role has no classification */
  readonly classification?: Parameters<typeof tags>[0];
  /** Resources before the role and its policy. @default - none */
  readonly roleAfter?: FormLike;
  readonly policyAfter?: FormLike;
  readonly when?: DeclarationOptions['when'];
}

/** The boundary of every role. The site of the deployment is in its name. (TOM-3.5) */
export const boundary = 'arn:aws:iam::${AWS::AccountId}:policy/<deployment>-boundary-<region>';

/** Declares a role with its one managed policy: no inline policy, and no policy of AWS. */
export function roleFamily(family: RoleFamily): readonly Declaration[] {
  const { role, policy, service, source, calls, values, roleAfter, policyAfter, when } = family;
  const trusts: readonly FormLike[] =
    typeof service === 'string'
      ? [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', ...(source ? { Condition: source } : {}) }]
      : service;
  const properties = {
    AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: trusts },
    Description: family.roleDescription,
    ...(family.maximum === undefined ? {} : { MaxSessionDuration: family.maximum }),
    PermissionsBoundary: family.boundary ?? boundary,
    ...(family.roleName === undefined ? {} : { RoleName: family.roleName }),
    Tags: tags(family.classification),
  };
  const permissions = {
    Description: family.policyDescription,
    Path: '/',
    PolicyDocument: grants((context) => ({ calls, ...values?.(context) })),
    Roles: [`\${${role}}`],
  };
  const options = when ? { when } : {};
  return [
    declare(roleType, role, properties, { ...options, ...(roleAfter ? { dependsOn: roleAfter } : {}) }),
    declare(managedPolicyType, policy, permissions, { ...options, ...(policyAfter ? { dependsOn: policyAfter } : {}) }),
  ];
}
