// Evaluates policies as AWS does, with the simulator of the rehearsal.
import type { Json } from '../../../lib/tom/template/assembly';
import { decisionOn } from '../../../tools/rehearse/simulator';
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
  const named = (name: string, policy: unknown) => ({ name, policy: policy as Json });
  return await decisionOn(
    {
      ...request,
      context: { ...request.context },
      identityPolicies: identity ? [named('identity', identity)] : [],
      boundary: boundary ? named('boundary', boundary) : undefined,
      resourcePolicy: resource as Json | undefined,
    },
    account,
  );
}
