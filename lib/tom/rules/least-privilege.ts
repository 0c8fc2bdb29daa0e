// TOM-3.5: no policy grants every action, every action of a service, or changes to every resource; none is an administrator's.
import { type Assembly, listOf, type Resource } from '../assembly';
import { boundaries } from '../reading/boundary';
import { matchesPattern, type Statement, statementsOf, textList } from '../reading/policies';
import { rendered } from '../reading/texts';
import { append, type Finding, finding, type Guard, guard, guardWhere, type Rule, replace, set } from '../rule';

const documentTypes = [
  'AWS::IAM::Policy',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::RolePolicy',
  'AWS::IAM::UserPolicy',
  'AWS::IAM::GroupPolicy',
];
const principalTypes = ['AWS::IAM::Role', 'AWS::IAM::User', 'AWS::IAM::Group'];

/**
 * Actions that know no resource, or only tell what there is: a wildcard is the only resource that can be written for them.
 * Source: "Actions, resources, and condition keys for AWS services", the page of each service.
 */
const withoutResource = [
  '*:Describe*',
  '*:List*',
  'cloudwatch:GetMetricData',
  'cloudwatch:GetMetricStatistics',
  'cloudwatch:PutMetricData',
  'ec2messages:*',
  'ecr:GetAuthorizationToken',
  'iam:DeleteAccountPasswordPolicy',
  'iam:GenerateCredentialReport',
  'iam:GetAccountPasswordPolicy',
  'iam:GetAccountSummary',
  'iam:GetCredentialReport',
  'iam:UpdateAccountPasswordPolicy',
  'kms:GenerateRandom',
  'ssmmessages:*',
  'sts:GetCallerIdentity',
  'tag:GetResources',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
];

/** Policies of AWS that an administrator would have ("AWS managed policies for job functions"). */
const administrators = /:policy\/(?:job-function\/.*|.*(?:AdministratorAccess|PowerUserAccess|FullAccess|Administrator).*)$/;

export const leastPrivilege: Rule = {
  name: 'least-privilege',
  requires: 'no policy grants all actions, all actions of a service, or changes to all resources, and no role has an administrator policy',
  types: [...documentTypes, ...principalTypes],
  check(resource, assembly) {
    if (isOnlyBoundary(resource, assembly)) return 'not-applicable';
    return [...grants(resource).flatMap((statement) => statementFindings(resource, statement)), ...managedPolicies(resource)];
  },
  guards: [
    ...[...documentTypes, ...principalTypes].flatMap((type) => statementGuards(type)),
    ...principalTypes.map((type) =>
      guard(
        type,
        'Properties.ManagedPolicyArns',
        append('arn:aws:iam::aws:policy/AdministratorAccess'),
        append('arn:aws:iam::aws:policy/AmazonS3FullAccess'),
      ),
    ),
  ],
  consults: [
    ...documentTypes.map((type) => ({ type, path: 'Properties.PolicyDocument' })),
    ...principalTypes.map((type) => ({ type, path: 'Properties.Policies' })),
    ...principalTypes.map((type) => ({ type, path: 'Properties.PermissionsBoundary' })),
    { type: 'AWS::IAM::ManagedPolicy', path: 'Properties.ManagedPolicyName' },
    ...['Roles', 'Users', 'Groups'].map((name) => ({ type: 'AWS::IAM::ManagedPolicy', path: `Properties.${name}` })),
  ],
};

/** A boundary grants nothing: it only caps what other policies grant. One that is attached too does grant. */
function isOnlyBoundary(policy: Resource, assembly: Assembly): boolean {
  if (!boundaries(assembly).has(policy)) return false;
  const attached = ['Roles', 'Users', 'Groups'].some((name) => listOf(policy.at(name)).length > 0);
  return !attached && !principalTypes.flatMap((type) => assembly.ofType(type)).some((principal) => attaches(principal, policy, assembly));
}

function attaches(principal: Resource, policy: Resource, assembly: Assembly): boolean {
  const name = policy.at('ManagedPolicyName');
  return listOf(principal.at('ManagedPolicyArns')).some(
    (value) => assembly.leadsTo(value, principal, policy) || (typeof name === 'string' && rendered(value)?.endsWith(`:policy/${name}`)),
  );
}

/** What a resource's own policy documents allow. */
function grants(resource: Resource): readonly Statement[] {
  const granting = (statements: readonly Statement[]) => statements.filter(({ effect }) => effect === 'Allow');
  if (documentTypes.includes(resource.type)) return granting(statementsOf(resource.at('PolicyDocument'), 'PolicyDocument'));
  const inline = listOf(resource.at('Policies')).flatMap((_, index) =>
    statementsOf(resource.at(`Policies.${index}.PolicyDocument`), `Policies.${index}.PolicyDocument`),
  );
  return granting(inline);
}

function statementFindings(resource: Resource, statement: Statement): readonly Finding[] {
  const { actions, resources, json, path } = statement;
  const at = `Properties.${path}`;
  const narrow = 'Name what is needed, as in s3:GetObject on arn:aws:s3:::bucket/prefix/*.';
  return [
    ...actions
      .filter(isWholeService)
      .map((action) => finding(resource, `action::${action}`, `${at}.Action`, 'no action * and no service:*', narrow)),
    ...(resources.some(isEverything) ? actions : [])
      .filter((action) => !withoutResource.some((pattern) => matchesPattern(pattern, action)))
      .map((action) => finding(resource, `resource::${action}`, `${at}.Resource`, `the resources that ${action} needs`, narrow)),
    ...['NotAction', 'NotResource']
      .filter((key) => json[key] !== undefined)
      .map((key) => finding(resource, `${key}::${textList(json[key]).join()}`, `${at}.${key}`, 'none in an Allow', narrow)),
  ];
}

/** `*`, `*:*`, `s3:*`, and what amounts to them, as `s3:**` or `s*:*`. */
function isWholeService(action: string): boolean {
  const [service = '', name] = action.split(':', 2);
  return name === undefined || /[*?]/.test(service) || /^[*?]+$/.test(name);
}

/**
 * `*`, and ARNs in which nothing is named, as in `arn:aws:s3:::*` or `arn:aws:kms:eu-west-3:111111111111:key/*`. In an ARN of S3 what
 * stands before the slash is a bucket, elsewhere a kind.
 */
function isEverything(resource: string): boolean {
  if (/^[*?]+$/.test(resource)) return true;
  const [, service, name] = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:(.*)$/s.exec(resource) ?? [];
  if (name === undefined) return false;
  return service === 's3' ? /^[*?]+(?:\/.*)?$/.test(name) : /^(?:[a-z-]+[/:])?[*?]+$/.test(name);
}

function managedPolicies(resource: Resource): readonly Finding[] {
  if (!principalTypes.includes(resource.type)) return [];
  return listOf(resource.at('ManagedPolicyArns')).flatMap((value, index) => {
    const arn = rendered(value);
    if (arn !== undefined && !administrators.test(arn)) return [];
    const fix = 'Write a policy with the actions that the role needs.';
    return [finding(resource, `managed::${arn ?? '?'}`, `Properties.ManagedPolicyArns.${index}`, 'no administrator policy', fix)];
  });
}

function statementGuards(type: string): readonly Guard[] {
  const paths =
    (key: string, among: (statement: Statement) => boolean = () => true): Guard['path'] =>
    (resource) =>
      grants(resource)
        .filter(among)
        .map((statement) => `Properties.${statement.path}.${key}`);
  const changes = ({ actions }: Statement) => actions.some((action) => !withoutResource.some((pattern) => matchesPattern(pattern, action)));
  const granting: Guard['where'] = (resource, assembly) => !isOnlyBoundary(resource, assembly) && grants(resource).length > 0;
  return [
    guardWhere(type, granting, paths('Action'), replace('*'), append('s3:*'), append('*:*'), append('s*:Get*')),
    guardWhere(type, granting, paths('NotAction'), set('iam:*')),
    guardWhere(type, granting, paths('NotResource'), set('arn:aws:s3:::other')),
    guardWhere(type, granting, paths('Resource', changes), replace('*'), append('arn:aws:s3:::*')),
  ];
}
