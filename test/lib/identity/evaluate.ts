// Evaluates policies as AWS does, with @cloud-copilot/iam-simulate.
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { account } from '../stacks/account-stack';

export interface Request {
  /** ARN of a role, or the name of a service. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string | string[]>>;
}

export interface Policies {
  /** What the principal may do by its own policies. @default - nothing */
  readonly identity?: unknown;
  readonly boundary?: unknown;
  readonly resource?: unknown;
}

export type Decision = 'Allowed' | 'ExplicitlyDenied' | 'ImplicitlyDenied';

/** The policy of an administrator: whatever is refused to it, is refused by something else. */
export const administrator = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/** Decides a request. A context key that the simulator drops is an error, or a condition would go untested. */
export async function decide({ identity, boundary, resource }: Policies, request: Request): Promise<Decision> {
  const result = await runSimulation(
    {
      identityPolicies: identity ? [{ name: 'identity', policy: identity }] : [],
      ...(boundary ? { permissionBoundaryPolicies: [{ name: 'boundary', policy: boundary }] } : {}),
      ...(resource ? { resourcePolicy: resource } : {}),
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      request: {
        principal: request.principal,
        action: request.action,
        resource: { resource: request.resource, accountId: account },
        contextVariables: { ...request.context },
      },
    },
    {},
  );
  if (result.resultType === 'error') throw new Error(`${request.action}: ${JSON.stringify(result.errors)}`);
  const ignored = result.resultType === 'single' ? (result.result.ignoredContextKeys ?? []) : [];
  if (ignored.length > 0) throw new Error(`${request.action}: the simulator dropped ${ignored.join(', ')}`);
  return result.overallResult;
}
