import { settingsSchema } from '../../../../../lib/config/settings/settings';
import { serverShells } from '../../../../../lib/tom/rules/access/server-shells';
import { Assembly, type Json, type JsonObject } from '../../../../../lib/tom/template/assembly';
import { answers, facts, join, ref, resource, stack } from '../example';

const servers = join('arn:aws:ec2:eu-west-3:', ref('AWS::AccountId'), ':instance/*');
const document = join('arn:aws:ssm:eu-west-3:', ref('AWS::AccountId'), ':document/production-shell');
const condition = (...classifications: string[]): JsonObject => ({
  StringEquals: { 'aws:ResourceTag/rempart:deployment': 'production', 'aws:ResourceTag/rempart:classification': classifications },
  Bool: { 'ssm:SessionDocumentAccessCheck': 'true' },
});

function verdictOn(role: string, statement: { Action?: Json; Resource?: Json; Condition?: Json }): unknown {
  const resources = {
    [role]: resource('AWS::IAM::Role'),
    Policy: resource('AWS::IAM::ManagedPolicy', {
      Roles: [ref(role)],
      PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 'ssm:StartSession', ...statement }] },
    }),
  };
  return answers(serverShells, new Assembly(facts, [stack(resources, { name: 'production-access' })])).Policy;
}

const team = 'PeopleItTeamRole';

test('shells by the document of the deployment on tagged servers comply', () => {
  expect(verdictOn(team, { Resource: document })).toBe('compliant');
  expect(verdictOn(team, { Resource: servers, Condition: condition('internal', 'confidential') })).toBe('compliant');
  expect(verdictOn('PeopleClientDataTeamRole', { Resource: servers, Condition: condition('internal', 'personal') })).toBe('compliant');
});

test.each<[string, string, { Action?: Json; Resource?: Json; Condition?: Json }, string[]]>([
  [
    'servers with data of clients for the IT team',
    team,
    { Resource: servers, Condition: condition('personal') },
    ['client-data::PolicyDocument.Statement.0'],
  ],
  ['servers without a condition', team, { Resource: servers }, ['target::PolicyDocument.Statement.0']],
  [
    'servers of any classification',
    team,
    { Resource: servers, Condition: { ...condition(), Bool: {} } },
    ['target::PolicyDocument.Statement.0'],
  ],
  [
    'servers without the check of the document',
    team,
    { Resource: servers, Condition: { StringEquals: condition('internal').StringEquals as Json } },
    ['target::PolicyDocument.Statement.0'],
  ],
  [
    'another document',
    team,
    { Resource: `arn:aws:ssm:eu-west-3::document/AWS-StartPortForwardingSession` },
    ['target::PolicyDocument.Statement.0'],
  ],
  ['commands beside shells', team, { Action: ['ssm:StartSession', 'ssm:SendCommand'], Resource: document }, ['entry::ssm:SendCommand']],
  ['a pattern', team, { Action: 'ssm:S*', Resource: document }, ['entry::ssm:S*']],
  [
    'pushed keys',
    team,
    { Action: 'ec2-instance-connect:SendSSHPublicKey', Resource: document },
    ['entry::ec2-instance-connect:SendSSHPublicKey'],
  ],
  ['shells for the auditor', 'PeopleAuditorRole', { Resource: document }, ['holder::access/PeopleAuditorRole']],
])('%s do not comply', (_, role, statement, ids) => {
  expect(verdictOn(role, statement)).toEqual(ids);
});

describe('own sessions', () => {
  const sessions = join('arn:aws:ssm:eu-west-3:', ref('AWS::AccountId'), ':session/*');
  const tag = 'ssm:resourceTag/aws:ssmmessages:session-id';
  const own = { Resource: sessions, Condition: { StringEquals: { [tag]: '${aws:userid}' } } };
  const withShell = (statement: JsonObject): unknown => {
    const shellStatement = { Effect: 'Allow', Action: 'ssm:StartSession', Resource: document };
    const resources = {
      [team]: resource('AWS::IAM::Role'),
      Policy: resource('AWS::IAM::ManagedPolicy', {
        Roles: [ref(team)],
        PolicyDocument: { Statement: [shellStatement, { Effect: 'Allow', ...statement }] },
      }),
    };
    return answers(serverShells, new Assembly(facts, [stack(resources, { name: 'production-access' })])).Policy;
  };
  const actions = ['ssm:ResumeSession', 'ssm:TerminateSession'];

  test('are resumed and ended by their person', () => {
    expect(withShell({ Action: actions, ...own })).toBe('compliant');
  });

  test.each<[string, JsonObject]>([
    ['every session', { Action: actions, Resource: '*' }],
    ['sessions and more', { Action: actions, ...own, Resource: '*' }],
    ['sessions of others', { Action: actions, Resource: sessions }],
    [
      'sessions of one more person',
      { Action: actions, ...own, Condition: { StringEquals: { [tag]: ['${aws:userid}', 'AROAEXAMPLE:bob'] } } },
    ],
    ['sessions of everybody', { Action: actions, ...own, Condition: { StringLike: { [tag]: '*' } } }],
    ['sessions without the tag', { Action: actions, ...own, Condition: { StringEqualsIfExists: { [tag]: '${aws:userid}' } } }],
    ['further actions', { Action: [...actions, 'ssm:SendCommand'], ...own }],
  ])('%s do not comply', (_, statement) => {
    expect(withShell(statement)).toEqual(expect.arrayContaining(['entry::ssm:ResumeSession', 'target::PolicyDocument.Statement.1']));
  });

  test('a role that starts none resumes none', () => {
    expect(verdictOn(team, { Action: 'ssm:ResumeSession', ...own })).toEqual(expect.arrayContaining(['entry::ssm:ResumeSession']));
  });
});

test('policies without a way into servers are not concerned', () => {
  expect(verdictOn(team, { Action: 'ec2:DescribeInstances', Resource: '*' })).toBe('not-applicable');
});

describe('tunnels and keys of EC2 Instance Connect', () => {
  const account = ref('AWS::AccountId');
  const withConnect = {
    ...facts,
    settings: settingsSchema.parse({
      ...{ environment: 'production', owner: 'platform-team' },
      access: { instanceConnect: true, officeAddresses: ['192.0.2.0/24'] },
    }),
  };
  const tag = { 'aws:ResourceTag/rempart:deployment': 'production' };
  const tunnel: JsonObject = {
    Action: 'ec2-instance-connect:OpenTunnel',
    Resource: join('arn:aws:ec2:eu-west-3:', account, ':instance-connect-endpoint/*'),
    Condition: {
      StringEquals: tag,
      NumericEquals: { 'ec2-instance-connect:remotePort': '22' },
      NumericLessThanEquals: { 'ec2-instance-connect:maxTunnelDuration': '3600' },
    },
  };
  const key: JsonObject = {
    Action: 'ec2-instance-connect:SendSSHPublicKey',
    Resource: servers,
    Condition: { StringEquals: { ...tag, 'aws:ResourceTag/rempart:classification': ['personal'], 'ec2:osuser': 'shell' } },
  };
  const limited = (statement: JsonObject, operator: string, keys: JsonObject): JsonObject => ({
    ...statement,
    Condition: { ...(statement.Condition as JsonObject), [operator]: keys },
  });

  function answer(role: string, statement: JsonObject, about = withConnect): unknown {
    const resources = {
      [role]: resource('AWS::IAM::Role'),
      Policy: resource('AWS::IAM::ManagedPolicy', {
        Roles: [ref(role)],
        PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] },
      }),
    };
    return answers(serverShells, new Assembly(about, [stack(resources, { name: 'production-access' })])).Policy;
  }
  const clientData = 'PeopleClientDataTeamRole';

  test.each([tunnel, key])('of the client-data team comply with the setting', (statement) => {
    expect(answer(clientData, statement)).toBe('compliant');
  });

  test.each([tunnel, key])('do not without the setting', (statement) => {
    expect(answer(clientData, statement, facts)).toEqual(expect.arrayContaining([`entry::${statement.Action as string}`]));
  });

  const at = 'PolicyDocument.Statement.0';
  test.each<[string, string, JsonObject, string]>([
    ['of the IT team', team, tunnel, `holder::${at}`],
    ['of the emergency', 'PeopleEmergencyRole', key, `holder::${at}`],
    ['to every endpoint', clientData, { ...tunnel, Resource: '*' }, `target::${at}`],
    ['to servers in place of endpoints', clientData, { ...tunnel, Resource: servers }, `target::${at}`],
    ['to every port', clientData, limited(tunnel, 'NumericEquals', {}), `limits::${at}`],
    ['to another port', clientData, limited(tunnel, 'NumericEquals', { 'ec2-instance-connect:remotePort': '3389' }), `limits::${at}`],
    ['without an end', clientData, limited(tunnel, 'NumericLessThanEquals', {}), `limits::${at}`],
    [
      'of a day',
      clientData,
      limited(tunnel, 'NumericLessThanEquals', { 'ec2-instance-connect:maxTunnelDuration': '86400' }),
      `limits::${at}`,
    ],
    ['of any deployment', clientData, limited(tunnel, 'StringEquals', {}), `limits::${at}`],
    [
      'for root',
      clientData,
      limited(key, 'StringEquals', { ...tag, 'aws:ResourceTag/rempart:classification': ['personal'], 'ec2:osuser': 'root' }),
      `limits::${at}`,
    ],
    [
      'for any user',
      clientData,
      limited(key, 'StringEquals', { ...tag, 'aws:ResourceTag/rempart:classification': ['personal'] }),
      `limits::${at}`,
    ],
    ['for servers of any classification', clientData, limited(key, 'StringEquals', { ...tag, 'ec2:osuser': 'shell' }), `limits::${at}`],
  ])('%s do not', (_, role, statement, id) => {
    expect(answer(role, statement)).toEqual([id]);
  });

  test('in one statement, or by a pattern, do not', () => {
    for (const Action of [
      [tunnel.Action, key.Action] as Json[],
      'ec2-instance-connect:*',
      'ec2-instance-connect:SendSerialConsoleSSHPublicKey',
    ])
      expect(answer(clientData, { ...tunnel, Action: Action as Json })).not.toBe('compliant');
  });
});
