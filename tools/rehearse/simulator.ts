// The evaluation of one request by AWS's policy logic. The only file that imports the simulator: it is licensed under
// AGPL-3.0, for development alone, and nothing that is bundled or deployed may import it.
import { type EvaluationResult, runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import type { Json } from '../../lib/tom/template/assembly';
import { standInAccount } from './stand-in';

/** A policy document with the name of its resource. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: Json;
}

export interface PolicyRequest {
  /** ARN of the role, or a service principal such as `cloudtrail.amazonaws.com`. */
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  readonly identityPolicies: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy | undefined;
  readonly resourcePolicy?: Json | undefined;
  readonly endpointPolicy?: NamedPolicy | undefined;
}

export interface PolicyAnswer {
  readonly allowed: boolean;
  /** The policy that decided, as in `denied by the permissions boundary`. */
  readonly reason: string;
}

/** Evaluates a request. The account has no service control policies; those of an organization can only deny more. */
export async function evaluateRequest(request: PolicyRequest): Promise<PolicyAnswer> {
  const result = await runSimulation(withEncryptionContext(simulationOf(request)), {});
  if (result.resultType === 'error') return { allowed: false, reason: `not evaluated: ${JSON.stringify(result.errors)}` };
  const analyses = result.resultType === 'single' ? [result.result.analysis] : result.results.map(({ analysis }) => analysis);
  if (result.overallResult === 'Allowed') return { allowed: true, reason: 'allowed' };
  const [blocked] = analyses.filter((analysis) => analysis.result !== 'Allowed');
  return { allowed: false, reason: blocked ? reasonOf(blocked) : 'no policy matches the resource' };
}

interface Analysis {
  readonly result: EvaluationResult;
  readonly identityAnalysis?: { readonly result: string };
  readonly resourceAnalysis?: { readonly result: string };
  readonly permissionBoundaryAnalysis?: { readonly result: string } | undefined;
  readonly endpointAnalysis?: { readonly result: string } | undefined;
}

function reasonOf({ identityAnalysis, resourceAnalysis, permissionBoundaryAnalysis, endpointAnalysis }: Analysis): string {
  const parts = [
    ['permissions of the role', identityAnalysis],
    ['permissions boundary', permissionBoundaryAnalysis],
    ['resource policy', resourceAnalysis],
    ['endpoint policy', endpointAnalysis],
  ] as const;
  const denied = parts.filter(([, analysis]) => analysis && /^(?:ExplicitlyDenied|DeniedForAccount)$/.test(analysis.result));
  if (denied.length > 0) return `denied by the ${denied.map(([name]) => name).join(' and the ')}`;
  const silent = parts.filter(([, analysis]) => analysis && analysis.result === 'ImplicitlyDenied');
  return `not allowed by the ${silent.map(([name]) => name).join(' and the ')}`;
}

function simulationOf(request: PolicyRequest): Simulation {
  const { principal, action, resource, context, identityPolicies, boundary, resourcePolicy, endpointPolicy } = request;
  return {
    request: {
      principal,
      action,
      resource: { resource, accountId: standInAccount },
      contextVariables: Object.fromEntries(
        Object.entries(context).map(([key, value]) => [key, typeof value === 'string' ? value : [...value]]),
      ),
    },
    identityPolicies: [...identityPolicies],
    serviceControlPolicies: [],
    resourceControlPolicies: [],
    ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
    ...(boundary ? { permissionBoundaryPolicies: [boundary] } : {}),
    ...(endpointPolicy ? { vpcEndpointPolicies: [{ ...endpointPolicy, policy: withStar(endpointPolicy.policy) }] } : {}),
  };
}

/**
 * The principal `{"AWS": "*"}` of endpoint policies as `"*"`: the simulator admits only the latter there, IAM treats
 * both alike ("AWS JSON policy elements: Principal").
 */
function withStar(policy: Json): Json {
  return JSON.parse(JSON.stringify(policy).replaceAll('"Principal":{"AWS":"*"}', '"Principal":"*"')) as Json;
}

/**
 * Encryption contexts under another name: the simulator drops a key whose variable part follows a colon, as in
 * `kms:EncryptionContext:aws:logs:arn` ("AWS KMS condition keys"), and keeps one whose variable part follows a slash.
 */
function withEncryptionContext(simulation: Simulation): Simulation {
  const renamed = JSON.stringify(simulation).replace(
    /"kms:EncryptionContext:([^"]+)"/g,
    (_, key: string) => `"aws:PrincipalTag/encryption-context-${key.replaceAll(':', '-')}"`,
  );
  return JSON.parse(renamed) as Simulation;
}
