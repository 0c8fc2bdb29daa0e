import { boundedActions } from '../../../lib/identity/bounded-actions';
import { account, accountTemplate, type Choice, propertiesOf } from '../stacks/account-stack';
import { administrator, type Decision, decide } from './evaluate';

const choices: Choice[] = [{ site: 'home' }, { site: 'recovery' }];
const boundaryOf = (choice: Choice) => propertiesOf(accountTemplate(choice), 'AWS::IAM::ManagedPolicy', 'Boundary').PolicyDocument;
const keyPolicy = propertiesOf(accountTemplate(), 'AWS::KMS::Key', 'DeploymentKey').KeyPolicy;
const home = boundaryOf({ site: 'home' });
const recovered = boundaryOf({ site: 'recovery' });

/** What an administrator under the boundary may do. */
function ask(action: string, resource: string, context: Record<string, string> = {}, boundary: unknown = home): Promise<Decision> {
  const principal = `arn:aws:iam::${account}:role/example-data-worker`;
  return decide(
    // A key is used only by those whom its own policy admits as well.
    { identity: administrator, boundary, ...(resource === key ? { resource: keyPolicy } : {}) },
    { principal, action, resource, context: { 'aws:RequestedRegion': 'eu-west-3', ...context } },
  );
}

const archive = 'arn:aws:s3:::auditarchive60ebc247';
const record = `${archive}/cloudtrail/x.json.gz`;
const trail = `arn:aws:cloudtrail:eu-west-3:${account}:trail/example-trail-eu-west-3`;
const logGroup = `arn:aws:logs:eu-west-3:${account}:log-group:/rempart/example/trail`;
const key = `arn:aws:kms:eu-west-3:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
const role = `arn:aws:iam::${account}:role/example-data-new`;
const user = `arn:aws:iam::${account}:user/somebody`;
const boundaryPolicy = `arn:aws:iam::${account}:policy/example-boundary-eu-west-3`;
const oidcProvider = `arn:aws:iam::${account}:oidc-provider/token.example.com`;
const samlProvider = `arn:aws:iam::${account}:saml-provider/any`;
const networkInterface = (region: string) => `arn:aws:ec2:${region}:${account}:network-interface/eni-1`;

describe('regions (TOM-2.1)', () => {
  const start = (region: string, boundary: unknown) =>
    ask('ec2:DeleteNetworkInterface', networkInterface(region), { 'aws:RequestedRegion': region }, boundary);

  test('at home: the home region, and the recovery region for copies', async () => {
    expect(await start('eu-west-3', home)).toBe('Allowed');
    expect(await start('eu-central-1', home)).toBe('Allowed');
    expect(await start('eu-west-1', home)).toBe('ExplicitlyDenied');
    expect(await start('us-east-1', home)).toBe('ExplicitlyDenied');
  });

  test('recovered: the recovery region alone', async () => {
    expect(await start('eu-central-1', recovered)).toBe('Allowed');
    expect(await start('eu-west-3', recovered)).toBe('ExplicitlyDenied');
    expect(JSON.stringify(recovered)).not.toContain('eu-west-3');
  });

  test.each([
    ['iam:GetRole', role],
    ['sts:GetCallerIdentity', '*'],
    ['route53:GetHostedZone', 'arn:aws:route53:::hostedzone/Z1'],
  ])('%s answers from us-east-1 and stays possible', async (action, resource) => {
    expect(await ask(action, resource, { 'aws:RequestedRegion': 'us-east-1' })).toBe('Allowed');
  });
});

describe('services (TOM-3.5)', () => {
  test.each([
    ['secretsmanager:GetSecretValue', `arn:aws:secretsmanager:eu-west-3:${account}:secret:x`],
    ['kinesis:PutRecords', `arn:aws:kinesis:eu-west-3:${account}:stream/x`],
    ['s3:PutObject', 'arn:aws:s3:::another-bucket/x'],
  ])('%s is within', async (action, resource) => {
    expect(await ask(action, resource)).toBe('Allowed');
  });

  test.each([
    ['organizations:LeaveOrganization', '*'],
    ['account:CloseAccount', `arn:aws:account::${account}:account`],
    ['cloudformation:CreateStack', `arn:aws:cloudformation:eu-west-3:${account}:stack/x/y`],
    ['ses:SendEmail', `arn:aws:ses:eu-west-3:${account}:identity/x`],
  ])('%s is out of bounds, because nothing allows it', async (action, resource) => {
    expect(await ask(action, resource)).toBe('ImplicitlyDenied');
  });

  test('the policy reads as it works: listed actions of services by their names, and no other allowance', () => {
    const { Statement } = home as { Statement: { Effect: string; Action: string[]; Resource: unknown }[] };
    const [allowed, ...others] = Statement;
    expect(allowed).toMatchObject({ Effect: 'Allow', Resource: '*' });
    expect(allowed?.Action.toSorted()).toEqual([...boundedActions].toSorted());
    expect(others.filter(({ Effect }) => Effect !== 'Deny')).toEqual([]);
  });
});

describe('audit records (TOM-3.6)', () => {
  test.each([
    ['s3:GetObject', record],
    ['s3:ListBucket', archive],
    // The policy of the archive denies it (test/lib/audit/audit-archive.test.ts).
    ['s3:PutObject', record],
    ['cloudtrail:GetTrailStatus', trail],
    ['logs:PutLogEvents', `${logGroup}:log-stream:x`],
    ['logs:FilterLogEvents', logGroup],
    ['logs:DeleteLogGroup', `arn:aws:logs:eu-west-3:${account}:log-group:/of/nobody`],
    ['cloudtrail:StopLogging', `arn:aws:cloudtrail:eu-west-3:${account}:trail/of-another-team`],
  ])('%s is left to the policies of the role', async (action, resource) => {
    expect(await ask(action, resource)).toBe('Allowed');
  });

  test.each([
    ['s3:DeleteObject', record],
    ['s3:DeleteObjectVersion', record],
    ['s3:PutObjectRetention', record],
    ['s3:BypassGovernanceRetention', record],
    ['s3:DeleteBucket', archive],
    ['s3:DeleteBucketPolicy', archive],
    ['s3:PutBucketPolicy', archive],
    ['s3:PutBucketObjectLockConfiguration', archive],
    ['s3:PutEncryptionConfiguration', archive],
    ['s3:PutLifecycleConfiguration', archive],
    ['s3:PutReplicationConfiguration', archive],
    ['cloudtrail:StopLogging', trail],
    ['cloudtrail:DeleteTrail', trail],
    ['cloudtrail:UpdateTrail', trail],
    ['cloudtrail:PutEventSelectors', trail],
    ['cloudtrail:StopLogging', trail.replaceAll('eu-west-3', 'eu-central-1')],
    ['logs:DeleteLogGroup', logGroup],
    ['logs:DeleteLogStream', `${logGroup}:log-stream:x`],
    ['logs:PutRetentionPolicy', logGroup],
    ['logs:DeleteRetentionPolicy', logGroup],
    ['logs:DisassociateKmsKey', logGroup],
  ])('%s on %s is denied', async (action, resource) => {
    expect(await ask(action, resource)).toBe('ExplicitlyDenied');
  });
});

describe('keys (TOM-5.5)', () => {
  test.each(['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'])('%s is left to the policies of the role', async (action) => {
    expect(await ask(action, key)).toBe('Allowed');
  });

  test.each([
    'kms:DisableKey',
    'kms:DisableKeyRotation',
    'kms:EnableKeyRotation',
    'kms:ImportKeyMaterial',
    'kms:PutKeyPolicy',
    'kms:ReplicateKey',
    'kms:ScheduleKeyDeletion',
    'kms:UpdatePrimaryRegion',
  ])('%s is denied', async (action) => {
    expect(await ask(action, key)).toBe('ExplicitlyDenied');
  });

  test('a grant is for AWS services that encrypt for the role, and for no other principal', async () => {
    expect(await ask('kms:CreateGrant', key, { 'kms:GrantIsForAWSResource': 'true' })).toBe('Allowed');
    expect(await ask('kms:CreateGrant', key, { 'kms:GrantIsForAWSResource': 'false' })).toBe('ExplicitlyDenied');
  });
});

describe('the network (TOM-6.6, DSS-5.6.2)', () => {
  const ec2 = (kind: string) => `arn:aws:ec2:eu-west-3:${account}:${kind}/x-1`;
  const firewall = (kind: string) => `arn:aws:network-firewall:eu-west-3:${account}:${kind}/example-egress`;
  const resolver = (kind: string) => `arn:aws:route53resolver:eu-west-3:${account}:${kind}/rslvr-1`;

  test.each([
    ['ec2:CreateNetworkInterface', ec2('network-interface')],
    ['ec2:DescribeFlowLogs', '*'],
    ['ec2:DescribeNetworkAcls', '*'],
    ['ec2:DescribeRouteTables', '*'],
    ['ec2:DescribeVpcBlockPublicAccessOptions', '*'],
    ['ec2:RevokeSecurityGroupIngress', ec2('security-group')],
    ['logs:DescribeResourcePolicies', '*'],
    ['network-firewall:DescribeFirewall', firewall('firewall')],
    ['network-firewall:ListFirewalls', '*'],
    ['route53resolver:GetFirewallRuleGroup', resolver('firewall-rule-group')],
    ['route53resolver:ListFirewallRules', resolver('firewall-rule-group')],
  ])('%s is left to the policies of the role', async (action, resource) => {
    expect(await ask(action, resource)).toBe('Allowed');
  });

  test.each([
    ['ec2:CreateNetworkAclEntry', ec2('network-acl')],
    ['ec2:CreateRoute', ec2('route-table')],
    ['ec2:CreateVpcBlockPublicAccessExclusion', ec2('subnet')],
    ['ec2:DeleteFlowLogs', ec2('vpc-flow-log')],
    ['ec2:DeleteNetworkAclEntry', ec2('network-acl')],
    ['ec2:DisassociateRouteTable', ec2('route-table')],
    ['ec2:ModifyVpcBlockPublicAccessOptions', '*'],
    ['ec2:ReplaceNetworkAclAssociation', ec2('network-acl')],
    ['ec2:ReplaceRoute', ec2('route-table')],
    ['logs:DeleteResourcePolicy', '*'],
    ['network-firewall:AssociateFirewallPolicy', firewall('firewall')],
    ['network-firewall:DeleteFirewall', firewall('firewall')],
    ['network-firewall:DeleteFirewallPolicy', firewall('firewall-policy')],
    ['network-firewall:DeleteRuleGroup', firewall('stateful-rulegroup')],
    ['network-firewall:DisassociateSubnets', firewall('firewall')],
    ['network-firewall:UpdateFirewallDeleteProtection', firewall('firewall')],
    ['network-firewall:UpdateFirewallPolicy', firewall('firewall-policy')],
    ['network-firewall:UpdateFirewallPolicyChangeProtection', firewall('firewall')],
    ['network-firewall:UpdateLoggingConfiguration', firewall('firewall')],
    ['network-firewall:UpdateRuleGroup', firewall('stateful-rulegroup')],
    ['network-firewall:UpdateSubnetChangeProtection', firewall('firewall')],
    ['route53resolver:CreateFirewallRule', resolver('firewall-rule-group')],
    ['route53resolver:DeleteFirewallRule', resolver('firewall-rule-group')],
    ['route53resolver:DisassociateFirewallRuleGroup', resolver('firewall-rule-group-association')],
    ['route53resolver:DisassociateResolverQueryLogConfig', resolver('resolver-query-log-config')],
    ['route53resolver:ImportFirewallDomains', resolver('firewall-domain-list')],
    ['route53resolver:UpdateFirewallConfig', resolver('firewall-config')],
    ['route53resolver:UpdateFirewallDomains', resolver('firewall-domain-list')],
    ['route53resolver:UpdateFirewallRule', resolver('firewall-rule-group')],
    ['route53resolver:UpdateFirewallRuleGroupAssociation', resolver('firewall-rule-group-association')],
  ])('%s is denied', async (action, resource) => {
    expect(await ask(action, resource)).toMatch(/^(?:Ex|Im)plicitlyDenied$/);
  });
});

describe('ways round the boundary (TOM-3.5)', () => {
  const bounded = { 'iam:PermissionsBoundary': boundaryPolicy };
  const otherwise = { 'iam:PermissionsBoundary': `arn:aws:iam::${account}:policy/everything` };

  test.each(['iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:PutRolePermissionsBoundary'])(
    '%s only under this boundary',
    async (action) => {
      expect(await ask(action, role, bounded)).toBe('Allowed');
      expect(await ask(action, role, otherwise)).toBe('ExplicitlyDenied');
      expect(await ask(action, role)).toBe('ExplicitlyDenied');
    },
  );

  test.each([
    ['iam:DeleteRolePermissionsBoundary', role],
    ['iam:UpdateAssumeRolePolicy', role],
    ['iam:CreatePolicyVersion', boundaryPolicy],
    ['iam:SetDefaultPolicyVersion', boundaryPolicy],
    ['iam:DeletePolicyVersion', boundaryPolicy],
    ['iam:DeletePolicy', boundaryPolicy],
    ['iam:CreateUser', user],
    ['iam:CreateAccessKey', user],
    ['iam:CreateLoginProfile', user],
    ['iam:AttachUserPolicy', user],
    ['iam:DeleteUserPermissionsBoundary', user],
    ['iam:PutGroupPolicy', `arn:aws:iam::${account}:group/any`],
    ['iam:CreateServiceSpecificCredential', user],
    ['iam:ResetServiceSpecificCredential', user],
    ['iam:UploadSSHPublicKey', user],
    ['iam:UploadSigningCertificate', user],
    ['iam:CreateOpenIDConnectProvider', oidcProvider],
    ['iam:AddClientIDToOpenIDConnectProvider', oidcProvider],
    ['iam:UpdateOpenIDConnectProviderThumbprint', oidcProvider],
    ['iam:CreateSAMLProvider', samlProvider],
    ['iam:UpdateSAMLProvider', samlProvider],
  ])('%s is denied', async (action, resource) => {
    expect(await ask(action, resource)).toBe('ExplicitlyDenied');
  });

  test.each(['iam:DeleteAccessKey', 'iam:UpdateAccessKey', 'iam:DeleteLoginProfile'])(
    '%s, which only takes away, is not',
    async (action) => {
      expect(await ask(action, user)).toBe('Allowed');
    },
  );

  test.each(['iam:PassRole', 'sts:AssumeRole'])(
    '%s for roles of the deployment, not for the administrators of the account',
    async (action) => {
      expect(await ask(action, role)).toBe('Allowed');
      expect(await ask(action, `arn:aws:iam::${account}:role/cdk-hnb659fds-cfn-exec-role-${account}-eu-west-3`)).toBe('ExplicitlyDenied');
      expect(await ask(action, 'arn:aws:iam::222222222222:role/any')).toBe('ExplicitlyDenied');
    },
  );
});

test.each(choices)('fits into a managed policy with room to grow, at the $site site', (choice) => {
  // "IAM and AWS STS quotas": 6,144 characters, white space not counted.
  const longest = 'a-deployment-of-24-marks';
  expect(longest).toHaveLength(24);
  // CloudFormation cuts the name of the bucket at the 63 characters that S3 allows.
  const policy = JSON.stringify(boundaryOf(choice)).replaceAll('example', longest).replaceAll('auditarchive60ebc247', 'x'.repeat(63));
  expect(policy.replaceAll(/\s/g, '').length).toBeLessThan(6144 - 500);
});

test('grants nothing by itself: a role without policies of its own may do nothing', async () => {
  const request = { principal: role, action: 's3:GetObject', resource: record, context: { 'aws:RequestedRegion': 'eu-west-3' } };
  expect(await decide({ boundary: home }, request)).toBe('ImplicitlyDenied');
});
