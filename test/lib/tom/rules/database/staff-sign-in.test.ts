import { staffSignIn } from '../../../../../lib/tom/rules/database/staff-sign-in';
import { Assembly, type Json } from '../../../../../lib/tom/template/assembly';
import { answers, facts, join, type Resources, ref, resource, stack } from '../example';

const account = ref('AWS::AccountId');
const cluster = { 'Fn::GetAtt': ['DatabaseCluster', 'DBClusterResourceId'] };
const user = (name: string, id: Json = cluster) => join('arn:aws:rds-db:eu-west-3:', account, ':dbuser:', id, `/${name}`);
const arnOf = (control: string) => join('arn:aws:lambda:eu-west-3:', account, `:function:production-${control}`);

const variables = (control: string, team: string) => ({
  ACCOUNT: account,
  CALLER_ROLE: `production-${team}-eu-west-3`,
  FUNCTION_ARN: arnOf(control),
  STS_URL: 'https://sts.eu-west-3.amazonaws.com',
});

const functionOf = (control: string, log: string, Variables: Record<string, Json>) =>
  resource('AWS::Lambda::Function', {
    FunctionName: `production-${control}`,
    LoggingConfig: { LogGroup: ref(log) },
    Environment: { Variables },
  });
const logOf = (control: string) => resource('AWS::Logs::LogGroup', { LogGroupName: `/rempart/production/functions/${control}` });
const policy = (role: string, Action: Json, Resource: Json) =>
  resource('AWS::IAM::ManagedPolicy', { Roles: [ref(role)], PolicyDocument: { Statement: [{ Effect: 'Allow', Action, Resource }] } });
const role = resource('AWS::IAM::Role');

const data: Resources = {
  DatabaseCluster: resource('AWS::RDS::DBCluster'),
  StaffAccessRole: role,
  StaffReadsRole: role,
  OtherRole: role,
  StaffAccessLog: logOf('staff-access'),
  StaffReadsLog: logOf('staff-reads'),
  StaffAccessFunction: functionOf('staff-access', 'StaffAccessLog', variables('staff-access', 'it-team')),
  StaffReadsFunction: functionOf('staff-reads', 'StaffReadsLog', variables('staff-reads', 'client-data-team')),
  StaffAccessPermissions: policy('StaffAccessRole', 'rds-db:connect', user('rempart_admission')),
  StaffReadsPermissions: policy('StaffReadsRole', 'rds-db:connect', [user('auditor_*'), user('support_*')]),
};
const access: Resources = {
  PeopleItTeamRole: role,
  PeopleClientDataTeamRole: role,
  ItTeam: policy('PeopleItTeamRole', 'lambda:InvokeFunction', arnOf('staff-access')),
  ClientDataTeam: policy('PeopleClientDataTeamRole', 'lambda:InvokeFunction', arnOf('staff-reads')),
};

function verdicts(inData: Resources = {}, inAccess: Resources = {}): Record<string, string | string[]> {
  const stacks = [
    stack({ ...data, ...inData }, { name: 'production-data' }),
    stack({ ...access, ...inAccess }, { name: 'production-access' }),
  ];
  return answers(staffSignIn, new Assembly(facts, stacks));
}

test('the functions for people and the roles that invoke them comply', () => {
  expect(verdicts()).toEqual({
    ClientDataTeam: 'compliant',
    ItTeam: 'compliant',
    StaffAccessFunction: 'compliant',
    StaffAccessPermissions: 'compliant',
    StaffReadsFunction: 'compliant',
    StaffReadsPermissions: 'compliant',
  });
});

test('other sign-ins and invocations do not concern the rule', () => {
  const others = {
    Application: policy('OtherRole', 'rds-db:connect', user('rempart_application')),
    Upkeep: policy('OtherRole', 'lambda:InvokeFunction', arnOf('database-upkeep')),
  };
  expect(verdicts(others)).toMatchObject({ Application: 'not-applicable', Upkeep: 'not-applicable' });
});

test.each<[string, Json, Json]>([
  ['support staff', 'rds-db:connect', user('support_*')],
  ['one person', 'rds-db:connect', user('support_ada')],
  ['auditors of any cluster', 'rds-db:connect', user('auditor_*', '*')],
  ['every role', 'rds-db:connect', user('*')],
  ['every database', 'rds-db:*', '*'],
  ['roles by a pattern', 'rds-db:con*', user('s?pport_*')],
])('another function that signs in as %s does not comply', (_, action, target) => {
  expect(verdicts({ Other: policy('OtherRole', action, target) }).Other).toContain('sign-in::staff-reads::PolicyDocument.Statement.0');
});

test('another function that makes roles of people, and a wider sign-in of the right one, do not comply', () => {
  const other = { Other: policy('OtherRole', 'rds-db:connect', user('rempart_admission')) };
  expect(verdicts(other).Other).toEqual(['sign-in::staff-access::PolicyDocument.Statement.0']);
  const wide = { StaffReadsPermissions: policy('StaffReadsRole', 'rds-db:connect', [user('support_*'), user('rempart_application')]) };
  expect(verdicts(wide).StaffReadsPermissions).toEqual(['sign-in::staff-reads::PolicyDocument.Statement.0']);
});

test.each<[string, string, Json]>([
  ['the IT team reads', 'PeopleItTeamRole', arnOf('staff-reads')],
  ['readers grant access', 'PeopleClientDataTeamRole', arnOf('staff-access')],
  ['a role invokes both', 'PeopleItTeamRole', [arnOf('staff-access'), arnOf('staff-reads')]],
  ['a role invokes by a pattern', 'PeopleItTeamRole', join('arn:aws:lambda:eu-west-3:', account, ':function:production-staff-*')],
  ['a role invokes every function', 'PeopleItTeamRole', '*'],
])('%s: does not comply', (_, holder, target) => {
  expect(verdicts({}, { Other: policy(holder, 'lambda:InvokeFunction', target) }).Other).toEqual(
    expect.arrayContaining([expect.stringMatching(/^invocation::staff-(access|reads)::/)]),
  );
});

test.each(['ACCOUNT', 'CALLER_ROLE', 'FUNCTION_ARN', 'STS_URL'])('another %s does not comply', (name) => {
  const changed = { ...variables('staff-reads', 'client-data-team'), [name]: 'another' };
  expect(verdicts({ StaffReadsFunction: functionOf('staff-reads', 'StaffReadsLog', changed) }).StaffReadsFunction).toEqual([
    `variable::${name}`,
  ]);
});

test.each<[string, Resources]>([
  ['a permission of a service', { Way: resource('AWS::Lambda::Permission', { FunctionName: ref('StaffReadsFunction') }) }],
  ['a URL', { Way: resource('AWS::Lambda::Url', { TargetFunctionArn: { 'Fn::GetAtt': ['StaffReadsFunction', 'Arn'] } }) }],
  ['a queue', { Way: resource('AWS::Lambda::EventSourceMapping', { FunctionName: 'production-staff-reads' }) }],
])('%s on a function for people does not comply', (_, way) => {
  expect(verdicts(way).StaffReadsFunction).toEqual(['way::Way']);
});
