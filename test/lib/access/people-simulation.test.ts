// Who may do what, from where: the roles of people evaluated by AWS's policy logic on the templates of production.
import fc from 'fast-check';
import { type PeopleRole, peopleRoles } from '../../../lib/config/names';
import { peopleCalls } from '../../../lib/config/people-calls';
import { nameOf } from '../../../lib/tom/template/names';
import { managedPolicyType, roleType } from '../../../lib/tom/template/resource-types';
import { powers } from '../../../lib/tom/world/powers';
import { unheldPowers } from '../../../lib/tom/world/unheld-powers';
import { evaluateRequest } from '../../../tools/rehearse/simulator';
import { standInAccount as account } from '../../../tools/rehearse/stand-in';
import { facts, production } from '../../tools/rehearse/production';
import { type Context, mayDo, type Network, networks, people, region, standIn } from './people-requests';

/** An IAM user whose own policy allows every assumption. */
async function mayAssume(role: PeopleRole, from: Network, context: Context): Promise<boolean> {
  const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }] };
  const { allowed } = await evaluateRequest({
    ...{ principal: `arn:aws:iam::${account}:user/person`, action: 'sts:AssumeRole', resource: people[role].arn },
    identityPolicies: [{ name: 'user', policy }],
    resourcePolicy: people[role].trust,
    context: { ...networks[from], ...context },
  });
  return allowed;
}

const mfa = {
  'aws:MultiFactorAuthPresent': 'true',
  'aws:MultiFactorAuthAge': '28800',
  'aws:username': 'person',
  'sts:RoleSessionName': 'person',
};
const { 'aws:MultiFactorAuthAge': _, ...withoutAge } = mfa;
const team = (role: string) => ({ 'aws:PrincipalTag/rempart:team': role });

describe('the trust of each role of people', () => {
  const origins: Readonly<Partial<Record<PeopleRole, readonly Network[]>>> = {
    'client-data-team': ['office', 'vpn', 'management'],
    emergency: Object.keys(networks) as Network[],
    'infrastructure-manager': ['management'],
    'it-team': ['office', 'vpn', 'management'],
    recovery: ['office'],
  };

  test.each(Object.entries(origins) as [PeopleRole, Network[]][])(
    '%s is assumed with MFA and its tag, from %j only',
    async (role, from) => {
      for (const network of Object.keys(networks) as Network[]) {
        expect([network, await mayAssume(role, network, { ...mfa, ...team(role) })]).toEqual([network, from.includes(network)]);
        expect(await mayAssume(role, network, team(role))).toBe(false);
        expect(await mayAssume(role, network, { ...mfa, 'aws:MultiFactorAuthPresent': 'false', ...team(role) })).toBe(false);
        // The sign-in is too old, or of unknown age. (TOM-3.3)
        expect(await mayAssume(role, network, { ...mfa, 'aws:MultiFactorAuthAge': '28801', ...team(role) })).toBe(false);
        expect(await mayAssume(role, network, { ...withoutAge, ...team(role) })).toBe(false);
        expect(await mayAssume(role, network, { ...mfa, ...team(role), 'sts:RoleSessionName': 'another' })).toBe(false);
        expect(await mayAssume(role, network, mfa)).toBe(false);
        for (const other of peopleRoles.filter((one) => one !== role)) {
          expect(await mayAssume(role, network, { ...mfa, ...team(other) })).toBe(false);
        }
      }
    },
  );

  test.each(['auditor', 'deployer'] as const)('%s is assumed by no user of the account', async (role) => {
    expect(await mayAssume(role, 'office', { ...mfa, ...team(role), 'sts:ExternalId': 'example-audit-2026' })).toBe(false);
  });
});

const key = String(standIn.concrete('${account/DeploymentKey.Arn}'));
const server = `arn:aws:ec2:${region}:${account}:instance/i-0123456789abcdef0`;
const shell = `arn:aws:ssm:${region}:${account}:document/production-shell`;
const tagged = (classification: string, deployment = 'production') => ({
  'aws:ResourceTag/rempart:deployment': deployment,
  'aws:ResourceTag/rempart:classification': classification,
  'ssm:SessionDocumentAccessCheck': 'true',
});
const bootstrap = (name: string, of = region) => `arn:aws:iam::${account}:role/cdk-hnb659fds-${name}-role-${account}-${of}`;

/** Documents by which a session would be no logged shell: ports, SSH, commands, and that of the account. */
const foreignDocuments = [
  ...['PortForwardingSession', 'PortForwardingSessionToRemoteHost', 'SSHSession', 'InteractiveCommand', 'NoninteractiveCommand'].map(
    (name) => `arn:aws:ssm:${region}::document/AWS-Start${name}`,
  ),
  ...['SSM-SessionManagerRunShell', 'production-shell-2', 'staging-shell'].map(
    (name) => `arn:aws:ssm:${region}:${account}:document/${name}`,
  ),
];
const shellTeams = ['infrastructure-manager', 'it-team', 'client-data-team', 'emergency'] as const;
const networkOf: Readonly<Record<(typeof shellTeams)[number], Network>> = {
  'client-data-team': 'vpn',
  emergency: 'elsewhere',
  'infrastructure-manager': 'management',
  'it-team': 'vpn',
};
/** A session as Session Manager names and tags it: after the session of the role, and with its `aws:userid`. */
const session = (person: string) => `arn:aws:ssm:${region}:${account}:session/${person}-0a1b`;
const userIdOf = (person: string): Context => ({ 'aws:userid': `AROAEXAMPLE:${person}` });
const tagOf = (person: string): Context => ({ 'ssm:resourceTag/aws:ssmmessages:session-id': `AROAEXAMPLE:${person}` });

const certificate = `arn:aws:acm:${region}:${account}:certificate/01234567-89ab-cdef-0123-456789abcdef`;
const certificateTags = (origin: 'RequestTag' | 'ResourceTag', kind: string, deployment = 'production') => ({
  [`aws:${origin}/rempart:deployment`]: deployment,
  [`aws:${origin}/rempart:certificate`]: kind,
});
const asVpnServer = certificateTags('RequestTag', 'vpn-server');

/** Role, action, resource, network, further keys, and whether the request is allowed. */
const functionArn = (control: string, deployment = 'production') => `arn:aws:lambda:${region}:${account}:function:${deployment}-${control}`;

type Row = [PeopleRole, string, string, Network, Context, boolean];

test.each<Row>([
  ['it-team', 'ssm:StartSession', server, 'vpn', tagged('internal'), true],
  ['it-team', 'ssm:StartSession', server, 'a NAT gateway', tagged('internal'), false],
  ['it-team', 'ssm:StartSession', server, 'office', tagged('internal'), true],
  ['it-team', 'ssm:StartSession', server, 'elsewhere', tagged('internal'), false],
  ['it-team', 'ssm:StartSession', server, 'another VPC', tagged('internal'), false],
  ['it-team', 'ssm:StartSession', server, 'office', tagged('personal'), false],
  ['it-team', 'ssm:StartSession', server, 'office', tagged('internal', 'staging'), false],
  ['it-team', 'ssm:StartSession', server, 'office', {}, false],
  ['it-team', 'ssm:StartSession', server, 'office', { ...tagged('internal'), 'ssm:SessionDocumentAccessCheck': 'false' }, false],
  ['it-team', 'ssm:StartSession', shell, 'office', {}, true],
  ['it-team', 'ssm:StartSession', `arn:aws:ssm:${region}::document/AWS-StartPortForwardingSession`, 'office', {}, false],
  ['it-team', 'ssm:StartSession', `arn:aws:ssm:${region}:${account}:document/SSM-SessionManagerRunShell`, 'office', {}, false],
  ...foreignDocuments.flatMap((document): Row[] =>
    shellTeams.map((role) => [role, 'ssm:StartSession', document, networkOf[role], { 'ssm:SessionDocumentAccessCheck': 'true' }, false]),
  ),
  ...shellTeams.flatMap((role): Row[] => [
    [role, 'ssm:StartSession', shell, networkOf[role], {}, true],
    ...['ssm:ResumeSession', 'ssm:TerminateSession'].flatMap((action): Row[] => [
      [role, action, session('ada'), networkOf[role], { ...userIdOf('ada'), ...tagOf('ada') }, true],
      [role, action, session('bob'), networkOf[role], { ...userIdOf('ada'), ...tagOf('bob') }, false],
      // The name of another person may begin with that of the caller.
      [role, action, session('ada-b'), networkOf[role], { ...userIdOf('ada'), ...tagOf('ada-b') }, false],
      [role, action, session('ada-b'), networkOf[role], { ...userIdOf('ada-b'), ...tagOf('ada-b') }, true],
      [role, action, session('ada'), networkOf[role], userIdOf('ada'), false],
    ]),
    [role, 'ssmmessages:OpenDataChannel', session('ada'), networkOf[role], userIdOf('ada'), true],
    [role, 'ssmmessages:OpenDataChannel', `arn:aws:ssm:eu-west-1:${account}:session/ada-0a1b`, networkOf[role], userIdOf('ada'), false],
    [role, 'kms:GenerateDataKey', key, networkOf[role], { 'kms:EncryptionContext:aws:ssm:SessionId': 'ada-0a1b' }, true],
    [role, 'kms:GenerateDataKey', key, networkOf[role], {}, false],
    [role, 'kms:Decrypt', key, networkOf[role], { 'kms:EncryptionContext:aws:ssm:SessionId': 'ada-0a1b' }, false],
  ]),
  ['recovery', 'ssm:StartSession', shell, 'office', {}, false],
  ['auditor', 'ssm:StartSession', shell, 'office', {}, false],
  ['client-data-team', 'ssm:StartSession', server, 'vpn', tagged('personal'), true],
  ['client-data-team', 'ssm:StartSession', server, 'a NAT gateway', tagged('personal'), false],
  ['client-data-team', 'ssm:StartSession', server, 'elsewhere', tagged('personal'), false],
  ['infrastructure-manager', 'ssm:StartSession', server, 'management', tagged('confidential'), true],
  ['infrastructure-manager', 'ssm:StartSession', server, 'management', tagged('personal'), false],
  ['infrastructure-manager', 'ssm:StartSession', server, 'office', tagged('confidential'), false],
  ['infrastructure-manager', 'ssm:StartSession', server, 'vpn', tagged('confidential'), false],
  ['infrastructure-manager', 'ssm:StartSession', server, 'another VPC', tagged('confidential'), false],
  ['infrastructure-manager', 'autoscaling:DescribeAutoScalingGroups', '*', 'management', {}, true],
  ['infrastructure-manager', 'ec2:DescribeInstances', '*', 'management', {}, false],
  ['emergency', 'ssm:StartSession', server, 'elsewhere', tagged('personal'), true],
  ['emergency', 'ssm:SendCommand', server, 'office', tagged('personal'), false],
  ['auditor', 'ec2:DescribeSecurityGroups', '*', 'elsewhere', {}, true],
  ['auditor', 'kms:GetKeyPolicy', key, 'elsewhere', {}, true],
  ['auditor', 's3:GetObject', `arn:aws:s3:::production-archive-${account}-${region}/hits/1`, 'office', {}, false],
  ['auditor', 'secretsmanager:GetSecretValue', `arn:aws:secretsmanager:${region}:${account}:secret:production/x`, 'office', {}, false],
  ['auditor', 'ssm:StartSession', server, 'office', tagged('internal'), false],
  ['deployer', 'sts:AssumeRole', bootstrap('deploy'), 'elsewhere', {}, true],
  ['deployer', 'sts:AssumeRole', bootstrap('cfn-exec'), 'elsewhere', {}, false],
  // The stack of the copies.
  ['deployer', 'sts:AssumeRole', bootstrap('deploy', 'eu-central-1'), 'elsewhere', {}, true],
  ['deployer', 'sts:AssumeRole', bootstrap('deploy', 'eu-west-1'), 'elsewhere', {}, false],
  ['recovery', 'sts:AssumeRole', bootstrap('deploy', 'eu-central-1'), 'office', {}, true],
  ['recovery', 'sts:AssumeRole', bootstrap('deploy', 'eu-central-1'), 'elsewhere', {}, false],
  ['recovery', 'sts:AssumeRole', bootstrap('deploy'), 'office', {}, false],
  ['it-team', 'sts:AssumeRole', bootstrap('deploy'), 'office', {}, false],
  ['it-team', 'lambda:InvokeFunction', functionArn('staff-access'), 'office', {}, true],
  ['it-team', 'lambda:InvokeFunction', functionArn('staff-access'), 'elsewhere', {}, false],
  ['it-team', 'lambda:InvokeFunction', functionArn('staff-access', 'staging'), 'office', {}, false],
  ...['acm:AddTagsToCertificate', 'acm:ImportCertificate'].flatMap((action): Row[] => [
    ['it-team', action, certificate, 'office', asVpnServer, true],
    // The tag of the load balancer's certificate is not replaced, by which its import would be allowed.
    ['it-team', action, certificate, 'office', { ...asVpnServer, ...certificateTags('ResourceTag', 'issued') }, false],
    ['it-team', action, certificate, 'office', { ...asVpnServer, ...certificateTags('ResourceTag', 'self-signed') }, false],
    ['it-team', action, certificate, 'office', { ...asVpnServer, ...certificateTags('ResourceTag', 'vpn-server', 'staging') }, false],
  ]),
  ['it-team', 'acm:ImportCertificate', certificate, 'office', certificateTags('ResourceTag', 'vpn-server'), true],
  ['client-data-team', 'lambda:InvokeFunction', functionArn('staff-reads'), 'office', {}, true],
  ['client-data-team', 'lambda:InvokeFunction', functionArn('staff-reads'), 'elsewhere', {}, false],
  ...peopleRoles.flatMap((role): Row[] =>
    ['staff-access', 'staff-reads', 'site-admin', 'person-export', 'migrations']
      .filter(
        (control) => !(role === 'it-team' && control === 'staff-access') && !(role === 'client-data-team' && control === 'staff-reads'),
      )
      .map((control) => [role, 'lambda:InvokeFunction', functionArn(control), 'office', {}, false]),
  ),
])('%s: %s on %s from %s with %j: %s', async (role, action, resource, from, context, allowed) => {
  expect(await mayDo(role, action, resource, from, context)).toBe(allowed);
});

test('a service that acts for a session is not bound to the networks, the session is', async () => {
  const viaService = { ...tagged('internal'), 'aws:ViaAWSService': 'true', 'aws:SourceIp': '203.0.113.254' };
  expect(await mayDo('it-team', 'ec2:DescribeInstances', '*', 'elsewhere', viaService)).toBe(true);
  expect(await mayDo('it-team', 'ec2:DescribeInstances', '*', 'elsewhere')).toBe(false);
});

describe('no role escalates', () => {
  const escalations: readonly (readonly [string, string])[] = [
    ['iam:PassRole', `arn:aws:iam::${account}:role/production-collection-CollectorsRole`],
    ['iam:CreateRole', `arn:aws:iam::${account}:role/production-new`],
    ['iam:AttachRolePolicy', people['it-team'].arn],
    ['iam:PutRolePolicy', people['it-team'].arn],
    ['iam:DeleteRolePermissionsBoundary', people['it-team'].arn],
    ['iam:UpdateAssumeRolePolicy', people['client-data-team'].arn],
    ['iam:CreatePolicyVersion', `arn:aws:iam::${account}:policy/production-boundary-${region}`],
    ['iam:CreateAccessKey', `arn:aws:iam::${account}:user/person`],
    ['iam:TagUser', `arn:aws:iam::${account}:user/person`],
    ['iam:TagRole', people['it-team'].arn],
    ['ec2:CreateTags', server],
    ['cloudtrail:StopLogging', `arn:aws:cloudtrail:${region}:${account}:trail/production-trail-${region}`],
    ['cloudtrail:PutEventSelectors', `arn:aws:cloudtrail:${region}:${account}:trail/production-trail-${region}`],
    ['ssm:UpdateDocument', shell],
    ['ssm:UpdateDocumentDefaultVersion', shell],
    ['ssm:UpdateDocument', `arn:aws:ssm:${region}:${account}:document/SSM-SessionManagerRunShell`],
    ['ssm:CreateDocument', `arn:aws:ssm:${region}:${account}:document/mine`],
    ['ssm:ModifyDocumentPermission', shell],
    ['ssm:DeleteDocument', shell],
    ['ssm:StartSession', `arn:aws:ssm:${region}::document/AWS-StartSSHSession`],
    ['logs:DeleteLogGroup', `arn:aws:logs:${region}:${account}:log-group:/rempart/production/sessions`],
    ['kms:PutKeyPolicy', key],
    ['kms:CreateGrant', key],
    ['lambda:UpdateFunctionCode', `arn:aws:lambda:${region}:${account}:function:production-site-admin`],
    ['ec2:AuthorizeSecurityGroupIngress', `arn:aws:ec2:${region}:${account}:security-group/sg-1`],
    ['rds-db:connect', `arn:aws:rds-db:${region}:${account}:dbuser:prx-1/rempart_application`],
    ['s3:GetObject', `arn:aws:s3:::production-uploads-${account}-${region}/file`],
    ['sts:AssumeRole', people.emergency.arn],
  ];

  test.each(peopleRoles)('%s, from any network', async (role) => {
    for (const [action, resource] of escalations) {
      for (const from of Object.keys(networks) as Network[]) {
        expect([action, await mayDo(role, action, resource, from, tagged('internal'))]).toEqual([action, false]);
      }
    }
  });

  test('in random walks over actions and roles', async () => {
    const actions = [...new Set([...unheldPowers, ...powers.flatMap((power) => power.actions), ...escalations.map(([action]) => action)])];
    const roleArns = production.ofType(roleType).map((role) => standIn.arnOf(role));
    const resources = [
      '*',
      server,
      shell,
      bootstrap('deploy'),
      bootstrap('cfn-exec'),
      ...escalations.map(([, resource]) => resource),
      ...roleArns,
    ];
    const declared = (role: PeopleRole) =>
      new Set(peopleCalls[role].filter(({ effect, modes }) => effect !== 'Deny' && modes === undefined).flatMap((call) => call.actions));
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...peopleRoles),
        fc.array(
          fc.tuple(fc.constantFrom(...actions), fc.constantFrom(...resources), fc.constantFrom(...(Object.keys(networks) as Network[]))),
          { minLength: 1, maxLength: 20 },
        ),
        async (role, walk) => {
          for (const [action, resource, from] of walk) {
            steps++;
            if (!(await mayDo(role, action, resource, from, tagged('internal')))) continue;
            expect(declared(role)).toContain(action);
            // A walk that enters another role would go on there; only the bootstrap roles of the site can be entered.
            if (action === 'sts:AssumeRole') expect(resource).toMatch(/:role\/cdk-hnb659fds-(?:deploy|file-publishing|lookup)-role-/);
          }
        },
      ),
      { seed: 13, numRuns: 60 },
    );
    console.info(`${steps} steps of random walks, seed 13`);
    expect(steps).toBeGreaterThan(300);
  });
});

test('every role of people has one policy, and the boundary', () => {
  for (const role of peopleRoles) expect(people[role].boundary).toBeDefined();
  const attached = production.ofType(managedPolicyType).filter((policy) => nameOf(policy, facts).startsWith('access/People'));
  expect(attached).toHaveLength(peopleRoles.length);
});
