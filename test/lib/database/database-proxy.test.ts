import { decide } from '../identity/evaluate';
import { account } from '../stacks/account-stack';
import { only, policyOf, resourcesOf } from '../stacks/data-stack';

test('signs in by IAM on both sides, over TLS, without a secret or a statement in its log', () => {
  expect(only({}, 'AWS::RDS::DBProxy')).toMatchObject({
    DefaultAuthScheme: 'IAM_AUTH',
    RequireTLS: true,
    DebugLogging: false,
    EngineFamily: 'POSTGRESQL',
    IdleClientTimeout: 900,
  });
  expect(only({}, 'AWS::RDS::DBProxy')).not.toHaveProperty('Auth');
});

test('leads to the cluster, once there is a writer', () => {
  const [target] = Object.values(resourcesOf({}, 'AWS::RDS::DBProxyTargetGroup'));
  expect(target?.Properties).toMatchObject({ TargetGroupName: 'default', DBClusterIdentifiers: [{ Ref: 'DatabaseClusterC6094C50' }] });
  const [writer, reader] = Object.keys(resourcesOf({}, 'AWS::RDS::DBInstance'));
  expect(target?.DependsOn).toContain(writer);
  expect(target?.DependsOn).not.toContain(reader);
});

test('leads to another cluster last: its right to sign in and its targets wait for the schema, so that the old one is used until then', () => {
  const [schema = ''] = Object.keys(resourcesOf({}, 'Custom::DatabaseMigrations'));
  const [target] = Object.values(resourcesOf({}, 'AWS::RDS::DBProxyTargetGroup'));
  const [[policyId = '', policy] = []] = Object.entries(resourcesOf({}, 'AWS::IAM::ManagedPolicy')).filter(([id]) =>
    id.startsWith('ProxySignIn'),
  );
  expect(policy?.DependsOn).toContain(schema);
  expect(target?.DependsOn).toEqual(expect.arrayContaining([schema, policyId]));
});

test('keeps its name and its log group when the cluster is restored', () => {
  const restored = { settings: { data: { restoreFrom: { home: 'arn:aws:rds:eu-west-3:111111111111:cluster-snapshot:a' } } } };
  expect(only(restored, 'AWS::RDS::DBProxy')).toEqual(only({}, 'AWS::RDS::DBProxy'));
  expect(only(restored, 'AWS::RDS::DBProxy').DBProxyName).toBe('example-data');
});

test('may sign in to this database as the two roles of the schema only', async () => {
  const identity = policyOf({}, 'ProxySignIn');
  const cluster = 'arn:aws:s3:::databaseclusterc6094c50';
  const ask = (user: string, of = cluster) =>
    decide(
      { identity },
      {
        principal: `arn:aws:iam::${account}:role/example-data-proxy`,
        action: 'rds-db:connect',
        resource: `arn:aws:rds-db:eu-west-3:${account}:dbuser:${of}/${user}`,
      },
    );
  expect(await ask('rempart_application')).toBe('Allowed');
  expect(await ask('rempart_maintenance')).toBe('Allowed');
  expect(await ask('rempart_master')).toBe('ImplicitlyDenied');
  expect(await ask('rempart_application', 'cluster-OTHER')).toBe('ImplicitlyDenied');
});

test('admits the functions alone', () => {
  const group = { 'Fn::GetAtt': ['ProxySecurityGroup31CCABE3', 'GroupId'] };
  const admitted = Object.values(resourcesOf({}, 'AWS::EC2::SecurityGroupIngress')).filter(
    ({ Properties }) => JSON.stringify(Properties.GroupId) === JSON.stringify(group),
  );
  expect(admitted.map(({ Properties }) => Properties.Description)).toEqual(['Queries of functions']);
});
