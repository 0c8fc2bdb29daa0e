// Sign-in to the database by token: the permissions of the roles under their boundary, and the sign-ins that
// succeeded.
import { type EvaluationResult, type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import { DescribeDBClustersCommand, DescribeDBProxiesCommand } from '@aws-sdk/client-rds';
import { whereExists } from '../answer';
import type { Deployment } from '../deployment';
import { type Check, type Line, laterLine } from '../line';
import { lastDay, lastDayCommand, type ProxyMetric } from '../metrics';
import { ofType, type Resource, resolveText } from '../templates';

const action = 'rds-db:connect';
const regionKey = 'aws:RequestedRegion';

/**
 * The boundary limits requests to a region, and a sign-in to a database may lack the key of the region ("IAM database
 * authentication", limitations): every role that signs in is allowed to, with the key and without it. IAM simulates
 * the policies and the boundary that the role has in the account. (TOM-2.1, TOM-3.5, TOM-4.2)
 */
export function signInPermissionCheck(deployment: Deployment): Check {
  const run = async (): Promise<readonly Line[]> => {
    const ids = { proxy: await proxyId(deployment), database: await clusterId(deployment) };
    const lines: Line[] = [];
    // One at a time: IAM throttles simulations.
    for (const signIn of signInsOf(deployment.resources)) lines.push(await permissionLine(deployment, signIn, ids[signIn.to]));
    return lines;
  };
  return { name: 'permissions to sign in to the database', run };
}

/** A role that may sign in as a user, to the proxy or to the database itself. */
interface SignIn {
  readonly stack: string;
  readonly role: string;
  readonly to: 'proxy' | 'database';
  readonly user: string;
}

interface Statement {
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** Every sign-in that a managed policy of the templates allows to a role of its stack. */
export function signInsOf(resources: readonly Resource[]): readonly SignIn[] {
  return ofType(resources, 'AWS::IAM::ManagedPolicy').flatMap(({ stack, properties }) => {
    const { Statement: statements } = properties.PolicyDocument as { readonly Statement: readonly Statement[] };
    const arns = statements.filter(({ Action }) => [Action].flat().includes(action)).flatMap(({ Resource }) => [Resource].flat());
    const roles = ((properties.Roles ?? []) as readonly { readonly Ref: string }[]).map(({ Ref }) => Ref);
    return roles.flatMap((role) => arns.map((arn) => ({ stack, role, ...targetOf(JSON.stringify(arn)) })));
  });
}

/** The ARN has the resource id of the proxy or of the cluster, and ends in the user. `*` is the name of a person. */
function targetOf(arn: string): Pick<SignIn, 'to' | 'user'> {
  const [, user = ''] = /\/([\w*]+)"[^"]*$/.exec(arn) ?? [];
  return { to: arn.includes('DBProxyArn') ? 'proxy' : 'database', user: user.replace('*', 'preflight') };
}

async function permissionLine({ account, deployed, pseudo }: Deployment, signIn: SignIn, id: string | undefined): Promise<Line> {
  const { stack, role, to, user } = signIn;
  const check = `sign-in of ${role} of ${stack} to the ${to} as ${user}`;
  const wanted = `allowed with ${regionKey}, allowed without it`;
  const name = await deployed.find({ stack, logicalId: role });
  if (name === undefined || id === undefined) return laterLine(check, wanted);
  const source = `arn:${pseudo['AWS::Partition']}:iam::${account.id}:role/${name}`;
  const arn = `arn:${pseudo['AWS::Partition']}:rds-db:${account.region}:${account.id}:dbuser:${id}/${user}`;
  const withKey = await simulate(account.iam, source, arn, account.region);
  const withoutKey = await simulate(account.iam, source, arn, undefined);
  const show = `aws iam simulate-principal-policy --policy-source-arn ${source} --action-names ${action} --resource-arns ${arn}`;
  const context = `--context-entries ContextKeyName=${regionKey},ContextKeyType=string,ContextKeyValues=${account.region}`;
  return { check, ...judge(withKey, withoutKey), wanted, command: withKey?.EvalDecision === 'allowed' ? show : `${show} ${context}` };
}

/** The resource id of a proxy is the end of its ARN, as in `prx-0123456789abcdef0`. */
async function proxyId({ account: { rds }, resources, pseudo }: Deployment): Promise<string | undefined> {
  const [proxy] = ofType(resources, 'AWS::RDS::DBProxy');
  const DBProxyName = resolveText(proxy?.properties.DBProxyName, pseudo);
  if (DBProxyName === undefined) return undefined;
  const answer = await whereExists(rds.send(new DescribeDBProxiesCommand({ DBProxyName })), /^DBProxyNotFound/);
  return answer?.DBProxies?.[0]?.DBProxyArn?.split(':').at(-1);
}

async function clusterId({ account: { rds }, resources, pseudo }: Deployment): Promise<string | undefined> {
  const [cluster] = ofType(resources, 'AWS::RDS::DBCluster');
  const DBClusterIdentifier = resolveText(cluster?.properties.DBClusterIdentifier, pseudo);
  if (DBClusterIdentifier === undefined) return undefined;
  const answer = await whereExists(rds.send(new DescribeDBClustersCommand({ DBClusterIdentifier })), /^DBClusterNotFound/);
  return answer?.DBClusters?.find((found) => found.DBClusterIdentifier === DBClusterIdentifier)?.DbClusterResourceId;
}

async function simulate(iam: IAMClient, source: string, arn: string, region: string | undefined): Promise<EvaluationResult | undefined> {
  const command = new SimulatePrincipalPolicyCommand({
    PolicySourceArn: source,
    ActionNames: [action],
    ResourceArns: [arn],
    ContextEntries: region === undefined ? [] : [{ ContextKeyName: regionKey, ContextKeyType: 'string', ContextKeyValues: [region] }],
  });
  return (await iam.send(command)).EvaluationResults?.[0];
}

/** An answer without the effect of a boundary is no answer: the role has none, or IAM left it out. */
function judge(...results: readonly [EvaluationResult | undefined, EvaluationResult | undefined]): Pick<Line, 'verdict' | 'found'> {
  const [withKey, withoutKey] = results.map(decisionOf);
  const isAllowed = results.every((result) => result?.EvalDecision === 'allowed');
  const verdict = isAllowed ? (results.every((result) => boundaryOf(result) === true) ? 'ready' : 'unknown') : 'change';
  return { verdict, found: `${withKey} with ${regionKey}, ${withoutKey} without it` };
}

function decisionOf(result: EvaluationResult | undefined): string {
  const effect = { true: '', false: ' by the boundary', undefined: ' (no boundary in the answer)' }[`${boundaryOf(result)}`];
  return `${result?.EvalDecision ?? 'no decision'}${effect}`;
}

/** Whether the boundary allows the action; `undefined` where the answer does not contain its effect. */
function boundaryOf(result: EvaluationResult | undefined): boolean | undefined {
  const [specific] = result?.ResourceSpecificResults ?? [];
  const detail = specific?.PermissionsBoundaryDecisionDetail ?? result?.PermissionsBoundaryDecisionDetail;
  return detail?.AllowedByPermissionsBoundary;
}

/**
 * The policy simulator is not the sign-in itself. The proxy accepts tokens only (`signInLine` in proxy.ts), so each
 * connection that it set up is a sign-in of a function with a token of its role. (TOM-4.2)
 */
export function signInCheck({ account: { cloudWatch, region }, resources, pseudo }: Deployment): Check {
  const lineOf = async ({ properties }: Resource): Promise<Line> => {
    const proxy = resolveText(properties.DBProxyName, pseudo) ?? '';
    const metricOf = (metric: string): ProxyMetric => ({ proxy, metric, statistic: 'Sum' });
    const [succeeded, refused] = [metricOf('ClientConnectionsSetupSucceeded'), metricOf('ClientConnectionsSetupFailedAuth')];
    const [points, refusals] = await Promise.all([lastDay(cloudWatch, succeeded), lastDay(cloudWatch, refused)]);
    const check = `sign-ins of functions through ${proxy} in the last 24 hours`;
    const wanted = 'at least 1, none refused';
    if (points.length + refusals.length === 0) return laterLine(check, wanted, lastDayCommand(succeeded, region), 'no data');
    const sumOf = (hours: typeof points): number => hours.reduce((sum, { Sum = 0 }) => sum + Sum, 0);
    const [good, bad] = [sumOf(points), sumOf(refusals)];
    return {
      check,
      verdict: good > 0 && bad === 0 ? 'ready' : 'change',
      found: `${good}, ${bad} refused`,
      wanted,
      command: lastDayCommand(bad > 0 ? refused : succeeded, region),
    };
  };
  return { name: 'sign-ins of functions to the database', run: () => Promise.all(ofType(resources, 'AWS::RDS::DBProxy').map(lineOf)) };
}
