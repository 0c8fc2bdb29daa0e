// Statements by which people open tunnels to SSH servers and send keys to them: the client-data team alone, and only
// with `access.instanceConnect`. (TOM-3.3, DSS-5.6.6)
import { type Finding, finding } from '../../rule';
import { type Assembly, isObject, type Json, listOf, type Resource, valueAt } from '../../template/assembly';
import { canonical } from '../../template/canonical';
import type { Statement } from '../../template/policies';
import { shellUser } from '../../template/server-contract';

const tunnel = 'ec2-instance-connect:OpenTunnel';
const key = 'ec2-instance-connect:SendSSHPublicKey';
/** The longest tunnel of the service, in seconds. */
const longestTunnel = 3600;

const holder = 'access/PeopleClientDataTeamRole';
const fix = 'Use the calls `connects` of lib/config/people-calls.ts.';

/** Whether a statement is one of the two, in a deployment that may have them. */
export const isConnecting = ({ actions }: Statement, { facts: { settings } }: Assembly): boolean =>
  settings.access.instanceConnect && actions.length === 1 && [tunnel, key].some((action) => actions.includes(action));

export function connectFindings(
  policy: Resource,
  statement: Statement,
  holders: readonly string[],
  assembly: Assembly,
): readonly Finding[] {
  const at = `Properties.${statement.path}`;
  const isTunnel = statement.actions.includes(tunnel);
  const targets = listOf(canonical(statement.json.Resource ?? '*', policy.stack, assembly)).map(String);
  const kind = isTunnel ? 'instance-connect-endpoint' : 'instance';
  const target = `arn:aws:ec2:${assembly.facts.region}:\${AWS::AccountId}:${kind}/*`;
  const condition = statement.json.Condition ?? {};
  const holds = isTunnel ? isShortTunnel(condition, assembly) : isKeyOfShell(condition, assembly);
  const required = isTunnel
    ? 'the tag of the deployment, port 22, and a tunnel as short as a shell'
    : `the tag of the deployment, classifications, and the user ${shellUser}`;
  return [
    ...(holders.length === 1 && holders[0] === holder
      ? []
      : [{ ...finding(policy, `holder::${statement.path}`, at, holder, fix), found: holders.join(', ') }]),
    ...(targets.length === 1 && targets[0] === target ? [] : [finding(policy, `target::${statement.path}`, `${at}.Resource`, target, fix)]),
    ...(holds ? [] : [finding(policy, `limits::${statement.path}`, `${at}.Condition`, required, fix)]),
  ];
}

const isOfDeployment = (condition: Json, { facts: { deployment } }: Assembly): boolean => {
  const equals = valueAt(condition, 'StringEquals');
  return isObject(equals) && equals['aws:ResourceTag/rempart:deployment'] === deployment;
};

function isShortTunnel(condition: Json, assembly: Assembly): boolean {
  const { shellMaximumMinutes } = assembly.facts.settings.access.timeouts;
  const port = valueAt(condition, 'NumericEquals.ec2-instance-connect:remotePort');
  const seconds = Number(valueAt(condition, 'NumericLessThanEquals.ec2-instance-connect:maxTunnelDuration') ?? Number.NaN);
  return isOfDeployment(condition, assembly) && String(port) === '22' && seconds <= Math.min(longestTunnel, shellMaximumMinutes * 60);
}

function isKeyOfShell(condition: Json, assembly: Assembly): boolean {
  const classifications = listOf(valueAt(condition, 'StringEquals.aws:ResourceTag/rempart:classification'));
  return isOfDeployment(condition, assembly) && valueAt(condition, 'StringEquals.ec2:osuser') === shellUser && classifications.length > 0;
}
