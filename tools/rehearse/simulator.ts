// The evaluation of one request by AWS's policy logic. The only file that imports the simulator: it is licensed under
// AGPL-3.0, for development alone, and nothing that is bundled or deployed may import it.
import { createHash } from 'node:crypto';
import { type EvaluationResult, runSimulation, type Simulation } from '@cloud-copilot/iam-simulate';
import { isObject, type Json, type JsonObject, listOf } from '../../lib/tom/template/assembly';
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
  const result = await resultOf(simulationOf(onTunnel(onSession(request))));
  if (result.resultType === 'error') return { allowed: false, reason: `not evaluated: ${JSON.stringify(result.errors)}` };
  const analyses = result.resultType === 'single' ? [result.result.analysis] : result.results.map(({ analysis }) => analysis);
  if (result.overallResult === 'Allowed') return { allowed: true, reason: 'allowed' };
  const [blocked] = analyses.filter((analysis) => analysis.result !== 'Allowed');
  return { allowed: false, reason: blocked ? reasonOf(blocked, request) : 'no policy matches the resource' };
}

/**
 * The decision alone, for a resource of another account than the stand-in's.
 *
 * @throws Error for a request that is not evaluated, and for a context key that the simulator drops: a condition would
 * go untested
 */
export async function decisionOn(request: PolicyRequest, account: string): Promise<EvaluationResult> {
  const result = await resultOf(simulationOf(onTunnel(request), account));
  if (result.resultType === 'error') throw new Error(`${request.action}: ${JSON.stringify(result.errors)}`);
  const ignored = result.resultType === 'single' ? (result.result.ignoredContextKeys ?? []) : [];
  if (ignored.length > 0) throw new Error(`${request.action}: the simulator dropped ${ignored.join(', ')}`);
  return result.overallResult;
}

interface Analysis {
  readonly result: EvaluationResult;
  readonly identityAnalysis?: { readonly result: string };
  readonly resourceAnalysis?: { readonly result: string };
  readonly permissionBoundaryAnalysis?: { readonly result: string } | undefined;
  readonly endpointAnalysis?: { readonly result: string } | undefined;
}

/** A service has no permissions of its own: the policy of the resource alone decides. */
function reasonOf(analysis: Analysis, { principal }: PolicyRequest): string {
  const { identityAnalysis, resourceAnalysis, permissionBoundaryAnalysis, endpointAnalysis } = analysis;
  const parts = [
    ['permissions of the role', principal.startsWith('arn:') ? identityAnalysis : undefined],
    ['permissions boundary', permissionBoundaryAnalysis],
    ['resource policy', resourceAnalysis],
    ['endpoint policy', endpointAnalysis],
  ] as const;
  const denied = parts.filter(([, part]) => part && /^(?:ExplicitlyDenied|DeniedForAccount)$/.test(part.result));
  if (denied.length > 0) return `denied by the ${denied.map(([name]) => name).join(' and the ')}`;
  const silent = parts.filter(([, part]) => part?.result === 'ImplicitlyDenied').map(([name]) => name);
  // Within an account the policy of a resource need not allow what the role allows, except that of a key.
  const others = identityAnalysis?.result === 'Allowed' ? silent.filter((name) => name !== 'resource policy') : silent;
  return `not allowed by the ${(others.length > 0 ? others : silent).join(' and the ')}`;
}

function simulationOf(request: PolicyRequest, accountId = standInAccount): Simulation {
  const { principal, action, resource, context, identityPolicies, boundary, resourcePolicy, endpointPolicy } = request;
  return {
    request: {
      principal,
      action,
      resource: { resource, accountId },
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

/** Opens the channel of a session of a person ("Sample IAM policies for Session Manager"). */
const channelAction = 'ssmmessages:OpenDataChannel';

/**
 * A channel of a session as a request on `*`, the only resource that the simulator admits for it: a statement that
 * names the session names `*`, and one that names other resources none.
 */
function onSession(request: PolicyRequest): PolicyRequest {
  const { action, resource, identityPolicies } = request;
  if (action !== channelAction || resource === '*') return request;
  const names = (pattern: Json): boolean => {
    const parts = String(pattern).split('*');
    return new RegExp(`^${parts.map((part) => part.replace(/[^\w-]/g, '\\$&')).join('.*')}$`).test(resource);
  };
  const policies = identityPolicies.map(({ name, policy }) => ({
    name,
    policy: mapStatements(policy, (statement) => ({ ...statement, Resource: listOf(statement.Resource).some(names) ? '*' : resource })),
  }));
  return { ...request, resource: '*', identityPolicies: policies };
}

const tunnelAction = 'ec2-instance-connect:OpenTunnel';
const keyAction = 'ec2-instance-connect:SendSSHPublicKey';

/**
 * A tunnel under the name of a sent key, and a sent key under that of the serial console: the simulator has two types
 * of resources for a tunnel, and evaluates no request for it. Endpoints and servers keep names apart.
 */
function onTunnel(request: PolicyRequest): PolicyRequest {
  if (request.action !== tunnelAction) return request;
  const renamed = JSON.stringify(request)
    .replaceAll(keyAction, 'ec2-instance-connect:SendSerialConsoleSSHPublicKey')
    .replaceAll(tunnelAction, keyAction)
    .replaceAll(':instance/', ':instance/server-')
    .replaceAll(':instance-connect-endpoint/', ':instance/endpoint-');
  return JSON.parse(renamed) as PolicyRequest;
}

function mapStatements(policy: Json, change: (statement: JsonObject) => JsonObject): Json {
  if (!isObject(policy)) return policy;
  return { ...policy, Statement: listOf(policy.Statement).map((statement) => (isObject(statement) ? change(statement) : statement)) };
}

type SimulationResult = Awaited<ReturnType<typeof runSimulation>>;

const results = new Map<string, Promise<SimulationResult>>();

/**
 * The result for a simulation, which depends on nothing else. Deployments that differ in one policy have most requests
 * in common; each is evaluated once.
 */
function resultOf(simulation: Simulation): Promise<SimulationResult> {
  const text = withKnownKeys(JSON.stringify(simulation));
  const key = createHash('sha256').update(text).digest('base64');
  const result = results.get(key) ?? runSimulation(JSON.parse(text) as Simulation, {});
  results.set(key, result);
  return result;
}

/**
 * Keys under another name, which the simulator keeps. It drops a key whose variable part follows a colon, as in
 * `kms:EncryptionContext:aws:logs:arn` ("AWS KMS condition keys"), and those of EC2 Instance Connect: its data has
 * them for no action, and one of them below another service ("Condition keys for Amazon EC2 Instance Connect").
 */
function withKnownKeys(simulation: string): string {
  return simulation.replace(
    /"(?:kms:EncryptionContext:([^"]+)|ec2-instance-connect:(remotePort|maxTunnelDuration)|ec2:(osuser))"/g,
    (_, context?: string, limit?: string, user?: string) =>
      `"aws:PrincipalTag/${context === undefined ? `connect-${limit ?? user}` : `encryption-context-${context.replaceAll(':', '-')}`}"`,
  );
}
