// Requests without a condition key: negated conditions match them too.
import { account, accountTemplate, type Choice, propertiesOf } from '../stacks/account-stack';
import { dataStack, policyOf } from '../stacks/data-stack';
import { administrator, decide } from './evaluate';

const boundaryOf = (choice: Choice) => propertiesOf(accountTemplate(choice), 'AWS::IAM::ManagedPolicy', 'Boundary').PolicyDocument;
const home = boundaryOf({ site: 'home' });
const recovered = boundaryOf({ site: 'recovery' });
const role = `arn:aws:iam::${account}:role/example-data-new`;

describe('a sign-in to a database, whose request may lack its region (TOM-2.1)', () => {
  const database = (region: string, of = account) => `arn:aws:rds-db:${region}:${of}:dbuser:prx-0a1b2c3d/app`;
  const signIn = (resource: string, boundary: unknown, context: Record<string, string> = {}) => {
    const principal = `arn:aws:iam::${account}:role/example-data-worker`;
    return decide({ identity: administrator, boundary }, { principal, action: 'rds-db:connect', resource, context });
  };

  test.each([
    ['home', home, 'eu-west-3', 'eu-central-1'],
    ['recovery', recovered, 'eu-central-1', 'eu-west-3'],
  ] as const)('at the %s site: to what is of the account and its region, with and without the key', async (_, boundary, own, other) => {
    for (const context of [{}, { 'aws:RequestedRegion': own }]) {
      expect(await signIn(database(own), boundary, context)).toBe('Allowed');
      expect(await signIn(database(other), boundary, context)).toBe('ExplicitlyDenied');
      expect(await signIn(database(own, '222222222222'), boundary, context)).toBe('ExplicitlyDenied');
    }
  });

  test('every role that may sign in by its own policies may under the boundary, without any key', async () => {
    const roles = Object.entries(dataStack().template.findResources('AWS::IAM::ManagedPolicy')).flatMap(([id, { Properties }]) =>
      (Properties.PolicyDocument.Statement as { Action: string | string[] }[]).some(({ Action }) =>
        [Action].flat().includes('rds-db:connect'),
      )
        ? [id]
        : [],
    );
    expect(roles.length).toBeGreaterThan(2);
    for (const id of roles) {
      const identity = JSON.parse(
        JSON.stringify(policyOf({}, id)).replaceAll(
          /arn:aws:rds-db:[^"]*:dbuser:[^"/]*/g,
          `arn:aws:rds-db:eu-west-3:${account}:dbuser:prx-0a1b2c3d`,
        ),
      ) as { Statement: { Action: string | string[]; Resource: string | string[] }[] };
      const allowed = identity.Statement.filter(({ Action }) => [Action].flat().includes('rds-db:connect')).flatMap(
        ({ Resource }) => Resource,
      );
      expect(allowed.length).toBeGreaterThan(0);
      for (const resource of allowed) {
        const principal = `arn:aws:iam::${account}:role/example-data-worker`;
        expect([id, await decide({ identity, boundary: home }, { principal, action: 'rds-db:connect', resource })]).toEqual([
          id,
          'Allowed',
        ]);
      }
    }
  });
});

describe('conditions whose key is absent', () => {
  const absent = (action: string, resource: string) =>
    decide(
      { identity: administrator, boundary: home },
      { principal: `arn:aws:iam::${account}:role/example-data-worker`, action, resource, context: { 'aws:RequestedRegion': 'eu-west-3' } },
    );

  test.each([
    ['no tag of an environment', 'rds:CopyDBClusterSnapshot', `arn:aws:rds:eu-west-3:${account}:cluster-snapshot:x`, 'Allowed'],
    ['no tag of an environment', 's3:GetObject', 'arn:aws:s3:::another-bucket/x', 'Allowed'],
    ['no boundary', 'iam:CreateRole', role, 'ExplicitlyDenied'],
    ['no boundary', 'iam:PutRolePolicy', role, 'ExplicitlyDenied'],
  ])('%s: %s', async (_, action, resource, decision) => {
    expect(await absent(action, resource)).toBe(decision);
  });

  test('no region: denied, because every request to the API of AWS has one', async () => {
    const request = { principal: `arn:aws:iam::${account}:role/example-data-worker`, action: 'ec2:StartInstances' };
    const policies = { identity: administrator, boundary: home };
    expect(await decide(policies, { ...request, resource: `arn:aws:ec2:eu-west-3:${account}:instance/i-1` })).toBe('ExplicitlyDenied');
  });

  test('there is no other negated condition', () => {
    const { Statement } = home as { Statement: { Sid: string; Condition?: Record<string, Record<string, unknown>> }[] };
    const negated = Statement.flatMap(({ Sid, Condition = {} }) =>
      Object.entries(Condition)
        .filter(([operator]) => /Not|IfExists/.test(operator))
        .flatMap(([, keys]) => Object.keys(keys).map((name) => [Sid, name, 'Null' in Condition])),
    );
    expect(negated).toEqual([
      ['OtherRegions', 'aws:RequestedRegion', false],
      ['OtherEnvironments', 'aws:ResourceTag/rempart:environment', true],
      ['UnboundedRoles', 'iam:PermissionsBoundary', false],
      ['ForeignRoles', 'aws:PrincipalArn', false],
    ]);
  });
});
