// Who may use the roles of the bootstrap, and what for, evaluated by AWS's policy logic.
import { deploymentRolesOf, peopleCalls } from '../../../lib/config/people-calls';
import { evaluateRequest } from '../../../tools/rehearse/simulator';
import { account, administrator, archive, document, iam, names, recovery, region, rolesOf, target, user } from './target';

async function mayAssume(role: string, principal: string, context: Readonly<Record<string, string>> = {}, of = target): Promise<boolean> {
  const { allowed } = await evaluateRequest({
    ...{ principal, action: 'sts:AssumeRole', resource: iam(`role/${role}`) },
    identityPolicies: [{ name: 'all', policy: document([{ Effect: 'Allow', Action: 'sts:*', Resource: '*' }]) }],
    resourcePolicy: rolesOf(of)[role]?.AssumeRolePolicyDocument,
    context: { 'aws:PrincipalArn': principal, ...context },
  });
  return allowed;
}

describe('the roles of the bootstrap', () => {
  const usable = ['DeploymentActionRole', 'FilePublishingRole', 'LookupRole'];

  test('trust the deployer of the site and the administrators alone', async () => {
    for (const role of usable) {
      expect(await mayAssume(role, iam(`role/production-deployer-${region}`))).toBe(true);
      expect(await mayAssume(role, administrator)).toBe(true);
      expect(await mayAssume(role, administrator, { 'sts:ExternalId': 'x' })).toBe(false);
      const others = ['it-team-eu-west-3', 'recovery-eu-west-3', 'deployer-eu-central-1'].map((name) => iam(`role/production-${name}`));
      for (const other of [...others, iam('role/staging-deployer-eu-west-3'), user, iam('role/administrators2')]) {
        expect([other, await mayAssume(role, other)]).toEqual([other, false]);
      }
    }
    expect(await mayAssume('CloudFormationExecutionRole', administrator)).toBe(false);
  });

  test('at the recovery site, the roles that recover too', async () => {
    // The workflows of home deploy the stack that receives its copies.
    for (const name of ['recovery-eu-west-3', 'recovery-eu-central-1', 'deployer-eu-central-1', 'deployer-eu-west-3']) {
      expect(await mayAssume('DeploymentActionRole', iam(`role/production-${name}`), {}, recovery)).toBe(true);
    }
  });

  test('are those that the deployer may assume', () => {
    expect(peopleCalls.deployer.flatMap(({ resources }) => resources)).toEqual(['<deploymentRoles>']);
    const own = [names.deploy, names.publishing, names.lookup].map((name) => iam(`role/${name}`));
    const filled = deploymentRolesOf(target.site).map((resource) => resource.replaceAll('${AWS::AccountId}', account));
    const ofCopies = own.map((arn) => arn.replace(region, 'eu-central-1'));
    expect(filled.toSorted()).toEqual([...own, ...ofCopies].toSorted());
  });

  test.each<[string, string, string, boolean]>([
    ['DeploymentActionRole', 'cloudformation:CreateChangeSet', `arn:aws:cloudformation:${region}:${account}:stack/production-data/1`, true],
    ['DeploymentActionRole', 'cloudformation:UpdateStack', `arn:aws:cloudformation:${region}:${account}:stack/staging-data/1`, false],
    ['DeploymentActionRole', 'cloudformation:UpdateStack', `arn:aws:cloudformation:${region}:${account}:stack/CDKToolkit/1`, false],
    ['DeploymentActionRole', 'iam:PassRole', iam(`role/${names.execution}`), true],
    ['DeploymentActionRole', 'iam:PassRole', iam('role/administrators'), false],
    ['DeploymentActionRole', 's3:PutObject', `arn:aws:s3:::${names.bucket}/code.zip`, false],
    ['DeploymentActionRole', 's3:GetObject', `${archive}/1`, false],
    ['FilePublishingRole', 's3:PutObject', `arn:aws:s3:::${names.bucket}/code.zip`, true],
    ['FilePublishingRole', 's3:DeleteObject', `arn:aws:s3:::${names.bucket}/code.zip`, false],
    ['FilePublishingRole', 's3:PutObject', `${archive}/1`, false],
    ['LookupRole', 'cloudformation:GetTemplate', `arn:aws:cloudformation:${region}:${account}:stack/production-data/1`, true],
    ['LookupRole', 's3:GetObject', `${archive}/1`, false],
    ['LookupRole', 'secretsmanager:GetSecretValue', '*', false],
  ])('%s: %s on %s: %s', async (role, action, resource, allowed) => {
    const policies = rolesOf(target)[role]?.Policies ?? [];
    const identityPolicies = policies.map(({ PolicyDocument: policy }, index) => ({ name: `${index}`, policy }));
    const context = { 'aws:RequestedRegion': region };
    expect((await evaluateRequest({ principal: iam(`role/${role}`), action, resource, context, identityPolicies })).allowed).toBe(allowed);
  });
});
