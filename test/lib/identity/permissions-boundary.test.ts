import { Match, Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { CfnRole, CfnUser, Role, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { NestedStack, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { AwsCustomResource, AwsCustomResourcePolicy } from 'aws-cdk-lib/custom-resources';
import { buildDeployment } from '../../../lib/deployment';
import { boundedActions } from '../../../lib/identity/bounded-actions';
import { applyBoundary } from '../../../lib/identity/permissions-boundary';
import { matchesPattern } from '../../../lib/tom/template/policies';
import { account, accountStack, accountTemplate, appWithFlags, concrete, siteFor } from '../stacks/account-stack';

const boundary = `arn:aws:iam::${account}:policy/example-boundary-eu-west-3`;

/** Roles and users made in every way that the library knows, before and after the boundary is applied. */
function principalsOf(apply: boolean) {
  const app = appWithFlags();
  const stack = new Stack(app, 'Stack', { env: { account, region: 'eu-west-3' } });
  const nested = new NestedStack(stack, 'Nested');
  new Role(stack, 'Role', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
  new User(stack, 'User');
  new CfnUser(stack, 'WrittenOutUser');
  new Vpc(stack, 'Vpc', { restrictDefaultSecurityGroup: true, availabilityZones: ['eu-west-3a'] });
  new AwsCustomResource(stack, 'Call', {
    onDelete: { service: 'S3', action: 'listBuckets' },
    policy: AwsCustomResourcePolicy.fromSdkCalls({ resources: ['arn:aws:s3:::x'] }),
  });
  if (apply) applyBoundary(app, siteFor());
  new CfnRole(nested, 'LateAndWrittenOut', { assumeRolePolicyDocument: {} });
  new Bucket(stack, 'Emptied', { autoDeleteObjects: true, removalPolicy: RemovalPolicy.DESTROY });
  return [Template.fromStack(stack), Template.fromStack(nested)].flatMap((template) =>
    ['AWS::IAM::Role', 'AWS::IAM::User'].flatMap((type) => Object.entries(template.findResources(type))),
  );
}

describe('applying the boundary', () => {
  const withBoundary = principalsOf(true);

  test('reaches every role and user, those of custom resources, nested stacks and late comers included', () => {
    expect(withBoundary.length).toBeGreaterThanOrEqual(7);
    for (const [id, resource] of withBoundary) {
      expect([id, concrete(resource.Properties.PermissionsBoundary)]).toEqual([id, boundary]);
    }
  });

  test('sets the boundary', () => {
    const without = principalsOf(false);
    expect(without.map(([id]) => id)).toEqual(withBoundary.map(([id]) => id));
    for (const [, resource] of without) expect(resource.Properties?.PermissionsBoundary).toBeUndefined();
  });
});

describe('the policy', () => {
  test.each([
    ['home', 'example-boundary-eu-west-3'],
    ['recovery', 'example-boundary-eu-central-1'],
  ] as const)('bears at the %s site the name %s, which roles of other stacks derive', (site, name) => {
    const template = accountTemplate({ site });
    template.hasResourceProperties('AWS::IAM::ManagedPolicy', { ManagedPolicyName: name });
    template.allResourcesProperties('AWS::IAM::Role', { PermissionsBoundary: `arn:aws:iam::${account}:policy/${name}` });
  });

  test('is made before the roles of its own stack, which name it without referring to it', () => {
    const { stack } = accountStack();
    new Role(stack, 'Later', { assumedBy: new ServicePrincipal('ec2.amazonaws.com') });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::IAM::Role', 6);
    template.allResources('AWS::IAM::Role', { DependsOn: Match.arrayWith([Match.stringLikeRegexp('^BoundaryPolicy')]) });
  });

  test('is attached to no principal', () => {
    const [policy] = Object.values(
      accountTemplate().findResources('AWS::IAM::ManagedPolicy', { Properties: { ManagedPolicyName: Match.anyValue() } }),
    );
    for (const key of ['Roles', 'Users', 'Groups']) expect(policy?.Properties[key]).toBeUndefined();
  });
});

/** Roles with boundaries of their own, and these (role-boundary.ts). */
const boundedApart = /^(?:RoleBoundaries|BackupRole|RestoreValidationFunction(?:Role|Permissions))/;

test('the policies of a role grant no action that the boundary denies', () => {
  const app = appWithFlags();
  buildDeployment(app, siteFor());
  const resources = app.synth().stacks.flatMap(({ template }) => Object.entries((template as SynthesizedTemplate).Resources));
  const granted = resources
    .filter(
      ([id, { Type }]) =>
        /^AWS::IAM::(Role|Policy|ManagedPolicy)$/.test(Type) && !id.startsWith('BoundaryPolicy') && !boundedApart.test(id),
    )
    .flatMap(([id, { Properties }]) => actionsIn(Properties).map((action) => ({ id, action })));
  expect(granted.length).toBeGreaterThan(0);
  const isBounded = (action: string) => boundedActions.some((pattern) => matchesPattern(pattern, action));
  expect(granted.filter(({ action }) => !isBounded(action))).toEqual([]);
});

interface SynthesizedTemplate {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties?: unknown }>;
}

/** The actions of every statement below that allows something. */
function actionsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { Effect, Action, Principal } = value as { Effect?: string; Action?: string | string[]; Principal?: unknown };
  const own = Effect === 'Allow' && Principal === undefined ? [Action ?? []].flat() : [];
  return [...own, ...Object.values(value).flatMap(actionsIn)];
}
