// The client-data team opens tunnels to servers and sends keys, from an office alone, by AWS's policy logic.
import { type PeopleRole, peopleRoles } from '../../../lib/config/names';
import type { Json } from '../../../lib/tom/template/assembly';
import { peopleRoleId } from '../../../lib/tom/world/people-roles';
import { boundaryOf } from '../../../tools/rehearse/callers';
import { evaluateRequest } from '../../../tools/rehearse/simulator';
import { standInAccount as account, StandIn } from '../../../tools/rehearse/stand-in';
import { deployed } from './connected';

const region = 'eu-west-3';
const on = new StandIn(deployed({ instanceConnect: true }));
const short = new StandIn(deployed({ instanceConnect: true, timeouts: { shellIdleMinutes: 10, shellMaximumMinutes: 30 } }));
const off = new StandIn(deployed({}));

const tunnel = 'ec2-instance-connect:OpenTunnel';
const key = 'ec2-instance-connect:SendSSHPublicKey';
const endpoint = `arn:aws:ec2:${region}:${account}:instance-connect-endpoint/eice-0123456789abcdef0`;
const server = `arn:aws:ec2:${region}:${account}:instance/i-0123456789abcdef0`;

type Context = Readonly<Record<string, string>>;
const office = { 'aws:SourceIp': '192.0.2.17' };
const home = { 'aws:SourceIp': '203.0.113.254' };
const management = { 'aws:SourceVpc': 'vpc-0123456789abcdef0', 'aws:VpcSourceIp': '192.168.40.7' };
const ofDeployment = { 'aws:ResourceTag/rempart:deployment': 'example', 'aws:ResourceTag/rempart:classification': 'personal' };
const toSsh = { ...ofDeployment, 'ec2-instance-connect:remotePort': '22', 'ec2-instance-connect:maxTunnelDuration': '3600' };
const asShell = { ...ofDeployment, 'ec2:osuser': 'shell' };

async function may(role: PeopleRole, action: string, resource: string, context: Context, standIn = on): Promise<boolean> {
  const own = standIn.resource(`${peopleRoleId(role)}Role`);
  const policy = standIn.resource(`${peopleRoleId(role)}Permissions`);
  if (!own || !policy) throw new Error(`${role}: expected a role and its permissions, got none`);
  const arn = standIn.arnOf(own);
  const { allowed } = await evaluateRequest({
    ...{ principal: arn, action, resource, boundary: boundaryOf(own, standIn), resourcePolicy: undefined },
    identityPolicies: [{ name: role, policy: standIn.properties(policy).PolicyDocument as Json }],
    context: { 'aws:RequestedRegion': region, 'aws:ViaAWSService': 'false', 'aws:PrincipalArn': arn, ...context },
  });
  return allowed;
}

test.each(peopleRoles)('%s opens tunnels and sends keys only if it is the client-data team', async (role) => {
  const isTeam = role === 'client-data-team';
  for (const network of [office, home, management]) {
    const isAdmitted = isTeam && network === office;
    expect([role, network, await may(role, tunnel, endpoint, { ...network, ...toSsh })]).toEqual([role, network, isAdmitted]);
    expect([role, network, await may(role, key, server, { ...network, ...asShell })]).toEqual([role, network, isAdmitted]);
  }
});

test.each<[string, string, string, Context]>([
  ['an endpoint of another deployment', tunnel, endpoint, { ...toSsh, 'aws:ResourceTag/rempart:deployment': 'staging' }],
  ['another port', tunnel, endpoint, { ...toSsh, 'ec2-instance-connect:remotePort': '8080' }],
  ['a longer tunnel', tunnel, endpoint, { ...toSsh, 'ec2-instance-connect:maxTunnelDuration': '3601' }],
  ['another user', key, server, { ...asShell, 'ec2:osuser': 'root' }],
  ['a server of another deployment', key, server, { ...asShell, 'aws:ResourceTag/rempart:deployment': 'staging' }],
  ['a server without a classification', key, server, { ...asShell, 'aws:ResourceTag/rempart:classification': '' }],
  ['the serial console', 'ec2-instance-connect:SendSerialConsoleSSHPublicKey', server, asShell],
])('the client-data team has no %s', async (_, action, resource, context) => {
  expect(await may('client-data-team', action, resource, { ...office, ...context })).toBe(false);
});

test('a tunnel is as short as a shell', async () => {
  const lasting = (seconds: string) => ({ ...office, ...toSsh, 'ec2-instance-connect:maxTunnelDuration': seconds });
  expect(await may('client-data-team', tunnel, endpoint, lasting('1800'), short)).toBe(true);
  expect(await may('client-data-team', tunnel, endpoint, lasting('1801'), short)).toBe(false);
});

test('without access.instanceConnect nobody has either, and the boundary denies both', async () => {
  for (const role of peopleRoles) {
    expect([role, await may(role, tunnel, endpoint, { ...office, ...toSsh }, off)]).toEqual([role, false]);
    expect([role, await may(role, key, server, { ...office, ...asShell }, off)]).toEqual([role, false]);
  }
});
