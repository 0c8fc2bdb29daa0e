// Every text of the templates that AWS takes in a form of its own: tags, names and descriptions, at the longest that a
// configuration allows.
import { settingsSchema } from '../../lib/config/settings/settings';
import { siteOf } from '../../lib/config/site';
import { buildDeployment } from '../../lib/deployment';
import { account, appWithFlags, concrete } from './stacks/account-stack';

interface Made {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** The longest name of a deployment and the longest owner, with every sign that each may have. */
const deployment = 'a-deployment-of-24-marks';
const owner = `${'Az09 ._-'.repeat(7)}Team-7.`;

const app = appWithFlags();
const scheduled = [{ name: `a${'-0'.repeat(15)}`, cron: '30 18 * * 5', minimum: 5 }];
const settings = { environment: 'production', owner, account, collection: { scheduled } };
buildDeployment(app, siteOf(deployment, 'recovery', settingsSchema.parse(settings), []));
const stacks = app.synth().stacks.map(({ template }) => template as { Description: string; Resources: Record<string, Made> });
const resources = stacks.flatMap(({ Resources }) => Object.entries(Resources));

interface Form {
  readonly longest: number;
  readonly signs?: RegExp;
}

/** "Tag naming limits and requirements", AWS General Reference: what all services take. */
const tagForm: Form = { longest: 256, signs: /^[\p{L}\p{N} _.:/=+\-@]*$/u };
/** IAM API reference, CreateRole and CreatePolicy. */
const iam: Form = { longest: 1000, signs: /^[\t\n\r -~\u00a1-\u00ff]*$/ };
/** EC2 API reference, CreateSecurityGroup and IpRange. */
const ec2: Form = { longest: 255, signs: /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]*$/ };

/** Forms of descriptions, from the API reference of each service. */
const descriptions: Readonly<Record<string, Form>> = {
  'AWS::CloudWatch::Alarm': { longest: 1024 },
  'AWS::EC2::SecurityGroup': ec2,
  'AWS::EC2::SecurityGroupEgress': ec2,
  'AWS::EC2::SecurityGroupIngress': ec2,
  'AWS::Events::Rule': { longest: 512 },
  'AWS::IAM::ManagedPolicy': iam,
  'AWS::IAM::Role': iam,
  'AWS::IAM::ServiceLinkedRole': iam,
  'AWS::KMS::Key': { longest: 8192 },
  'AWS::Lambda::Function': { longest: 256 },
  'AWS::NetworkFirewall::Firewall': { longest: 512 },
  'AWS::NetworkFirewall::FirewallPolicy': { longest: 512 },
  'AWS::NetworkFirewall::RuleGroup': { longest: 512 },
  'AWS::RDS::DBClusterParameterGroup': { longest: 255, signs: /^[ -~]*$/ },
  'AWS::RDS::DBSubnetGroup': { longest: 255, signs: /^[ -~]*$/ },
  'AWS::Scheduler::Schedule': { longest: 512 },
  'AWS::SecretsManager::Secret': { longest: 2048 },
  'AWS::WAFv2::WebACL': { longest: 256, signs: /^[\w+=:#@/,.-][\w+=:#@/,.\s-]+[\w+=:#@/,.-]$/ },
};

/** Route 53 Resolver API reference, Name. */
const resolver: Form = { longest: 64, signs: /^(?!\d+$)[\w' -]+$/ };

/** What ends like a name of the deployment's own and is none. */
const otherNames = ['MetricName', 'ServiceName', 'AWSServiceName', 'VPCZoneIdentifier', 'CACertificateIdentifier'];

/** Forms of names, from the API reference of each service; the property is that of CloudFormation. */
const names: Readonly<Record<string, Form>> = {
  'AWS::AutoScaling::AutoScalingGroup AutoScalingGroupName': { longest: 255, signs: /^[ -9;-~]+$/ },
  'AWS::CloudTrail::Trail TrailName': { longest: 128, signs: /^[a-zA-Z0-9](?:[._-]?[a-zA-Z0-9])+$/ },
  'AWS::CloudWatch::Alarm AlarmName': { longest: 255, signs: /^[ -~]+$/ },
  'AWS::IAM::ManagedPolicy ManagedPolicyName': { longest: 128, signs: /^[\w+=,.@-]+$/ },
  'AWS::KMS::Alias AliasName': { longest: 256, signs: /^alias\/[a-zA-Z0-9/_-]+$/ },
  'AWS::Lambda::Function FunctionName': { longest: 64, signs: /^[a-zA-Z0-9_-]+$/ },
  'AWS::Logs::LogGroup LogGroupName': { longest: 512, signs: /^[\w.\-/#]+$/ },
  'AWS::Logs::LogStream LogStreamName': { longest: 512, signs: /^[^:*]+$/ },
  'AWS::Logs::ResourcePolicy PolicyName': { longest: 512 },
  'AWS::NetworkFirewall::Firewall FirewallName': { longest: 128, signs: /^[a-zA-Z0-9-]+$/ },
  'AWS::NetworkFirewall::FirewallPolicy FirewallPolicyName': { longest: 128, signs: /^[a-zA-Z0-9-]+$/ },
  'AWS::NetworkFirewall::RuleGroup RuleGroupName': { longest: 128, signs: /^[a-zA-Z0-9-]+$/ },
  'AWS::RDS::DBCluster DBClusterIdentifier': { longest: 63, signs: /^[a-z](?:-?[a-z0-9])*$/ },
  'AWS::RDS::DBCluster DatabaseName': { longest: 64, signs: /^[a-zA-Z][a-zA-Z0-9_]*$/ },
  'AWS::RDS::DBProxy DBProxyName': { longest: 63, signs: /^[a-zA-Z](?:-?[a-zA-Z0-9])*$/ },
  'AWS::RDS::DBProxyTargetGroup TargetGroupName': { longest: 7, signs: /^default$/ },
  'AWS::Route53Resolver::FirewallDomainList Name': resolver,
  'AWS::Route53Resolver::FirewallRuleGroup Name': resolver,
  'AWS::Route53Resolver::FirewallRuleGroupAssociation Name': resolver,
  'AWS::Route53Resolver::ResolverQueryLoggingConfig Name': resolver,
  'AWS::S3::Bucket BucketName': { longest: 63, signs: /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/ },
  'AWS::SNS::Topic DisplayName': { longest: 100, signs: /^[ -~]+$/ },
  'AWS::Scheduler::ScheduleGroup Name': { longest: 64, signs: /^[\w.-]+$/ },
  'AWS::WAFv2::WebACL Name': { longest: 128, signs: /^[\w-]+$/ },
};

const fits = (text: string, { longest, signs }: Form): boolean => text.length > 0 && text.length <= longest && (signs?.test(text) ?? true);

test('the owner is one that a configuration may have', () => {
  expect(owner).toHaveLength(63);
});

test('tags', () => {
  const tags = resources.flatMap(([id, { Properties }]) =>
    [Properties?.Tags ?? []].flat().map((tag) => ({ id, ...(concrete(tag) as { Key: string; Value: string }) })),
  );
  expect(tags.length).toBeGreaterThan(300);
  expect(tags.some(({ Value }) => Value === owner)).toBe(true);
  expect(tags.filter(({ Key, Value }) => !fits(Key, { ...tagForm, longest: 128 }) || !fits(Value, tagForm))).toEqual([]);
});

test('descriptions', () => {
  const found = resources.flatMap(([id, { Type, Properties }]) =>
    Object.entries(Properties ?? {})
      .filter(([name]) => /Description$/.test(name))
      .map(([, text]) => ({ id, Type, text: String(concrete(text)) })),
  );
  expect(new Set(found.map(({ Type }) => Type))).toEqual(new Set(Object.keys(descriptions)));
  expect(found.filter(({ Type, text }) => !fits(text, descriptions[Type] as Form))).toEqual([]);
  for (const { Description } of stacks) expect(fits(Description, { longest: 1024, signs: /^[ -~]*$/ })).toBe(true);
});

test('names', () => {
  const found = resources.flatMap(([id, { Type, Properties }]) =>
    Object.entries(Properties ?? {})
      .filter(([name, value]) => /(?:Name|Identifier)$/.test(name) && !otherNames.includes(name) && !isReference(value))
      .map(([name, text]) => ({ id, property: `${Type} ${name}`, text: String(concrete(text)) })),
  );
  expect([...new Set(found.map(({ property }) => property))].toSorted()).toEqual(Object.keys(names).toSorted());
  expect(found.filter(({ property, text }) => !fits(text, names[property] as Form))).toEqual([]);
});

const isReference = (value: unknown): boolean => /^\{"(?:Ref|Fn::GetAtt|Fn::ImportValue)"/.test(JSON.stringify(value));
