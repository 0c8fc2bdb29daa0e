// The facts that only an account shows: each check against an account after the deployment, and against one that differs in this fact.
import { loadSite } from '../../../lib/config/load';
import { openAccount } from '../../../tools/preflight/account';
import { type Line, linesOf } from '../../../tools/preflight/line';
import { checksOf } from '../../../tools/preflight/preflight';
import { resourcesOf } from '../../../tools/preflight/templates';
import type { SynthesizedStack } from '../../../tools/synthesis/assembly';
import { projectRoot } from '../../../tools/synthesis/synthesize';
import { synthesized } from '../../synthesized/synthesized';
import { account, answersAfter, answersBefore, grant, grantEvent, keyIds, playedAfter, target } from './deployed-account';
import { type Answers, type Played, type StandIn, startStandIn } from './stand-in';

const site = loadSite({ directory: `${projectRoot}/config`, deployment: 'production', site: 'home' });
const { region } = site;
const pseudo = { 'AWS::AccountId': account, 'AWS::Partition': 'aws', 'AWS::Region': region, 'AWS::URLSuffix': 'amazonaws.com' };

/** Settings that the reviewed deployment leaves out: a warm pool, and a host name with its zone. */
const extra: SynthesizedStack = {
  ...{ name: 'production-extra', region, file: '' },
  template: {
    Resources: {
      Group: { Type: 'AWS::AutoScaling::AutoScalingGroup', Properties: {} },
      Pool: { Type: 'AWS::AutoScaling::WarmPool', Properties: { AutoScalingGroupName: { Ref: 'Group' }, MinSize: 2 } },
      Issuers: {
        Type: 'AWS::Route53::RecordSet',
        Properties: {
          ...{ HostedZoneId: 'Z0123456789', Name: 'collect.example.com.', Type: 'CAA' },
          ResourceRecords: ['0 issue "letsencrypt.org"', '0 issuewild ";"'],
        },
      },
    },
  },
};
const stacks = [...synthesized('production').stacks, extra];
const [key = ''] = keyIds(resourcesOf(stacks), pseudo);

const caa = (...values: readonly string[]): Answers => ({
  'GET records': () => ({
    ResourceRecordSets: {
      ResourceRecordSet: values.length === 0 ? [] : [record('collect.example.com.', values), record('zzz.example.com.', ['0 issue ";"'])],
    },
  }),
});
const record = (Name: string, values: readonly string[]) => ({
  ...{ Name, Type: 'CAA', TTL: 3600, ResourceRecords: { ResourceRecord: values.map((Value) => ({ Value })) } },
});
const own = caa('0 issuewild ";"', '0 issue "letsencrypt.org"');

const common = {
  ...{ account, quotas: {}, blockPublicAccess: 'off', existing: [], parameters: {}, denied: [] },
} satisfies Partial<Played>;
const before: Played = {
  ...common,
  ...{ stacks: { CDKToolkit: { status: 'UPDATE_COMPLETE', bootstrap: '30' } }, buckets: {} },
  answers: { ...answersBefore(site), ...caa() },
};
const after: Played = { ...common, ...playedAfter(stacks, pseudo), pinned: 0, answers: { ...answersAfter(site, stacks, pseudo), ...own } };

let standIn: StandIn | undefined;
const environment = { ...process.env };
afterEach(async () => {
  await standIn?.close();
  process.env = { ...environment };
});

/** The lines whose subject matches. */
async function linesFor(played: Played, subject: RegExp): Promise<readonly Line[]> {
  standIn = await startStandIn(played);
  Object.assign(process.env, { AWS_ENDPOINT_URL: standIn.url, AWS_ACCESS_KEY_ID: 'example', AWS_SECRET_ACCESS_KEY: 'example' });
  const opened = await openAccount(region, undefined);
  const lines: Line[] = [];
  for (const check of checksOf(opened, stacks, site)) lines.push(...(await linesOf(check)));
  return lines.filter(({ check }) => subject.test(check));
}

interface Fact {
  readonly name: string;
  readonly subject: RegExp;
  /** Verdict before the deployment. */
  readonly first: 'later' | 'ready';
  /** The account after the deployment that differs in this fact. */
  readonly broken: Partial<Omit<Played, 'answers'>> & { readonly answers?: Answers };
  readonly found: RegExp;
  readonly command: RegExp;
}

const [edgeLogs, ...otherBuckets] = Object.keys(after.buckets);

const facts: readonly Fact[] = [
  {
    ...{ name: 'a type that a zone of the recovery region lacks', subject: /^c7g\.large in /, first: 'ready' },
    broken: {
      answers: {
        DescribeInstanceTypeOfferings: ({ region: asked }) => ({
          instanceTypeOfferingSet: {
            item: (asked === site.settings.recoveryRegion ? 'ab' : 'abc').split('').flatMap((zone) => ({
              ...{ instanceType: 'c7g.large', location: `${asked}${zone}` },
            })),
          },
        }),
      },
    },
    found: new RegExp(`^not offered in ${site.settings.recoveryRegion}c$`),
    command: /^aws ec2 describe-instance-type-offerings .*Values=c7g\.large/,
  },
  {
    ...{ name: 'a region with two zones', subject: /^m8g\.large in eu-west-3/, first: 'ready' },
    broken: {
      answers: {
        DescribeSubnets: () => ({ subnetSet: { item: ['eu-west-3a', 'eu-west-3b'].map((availabilityZone) => ({ availabilityZone })) } }),
      },
    },
    found: /^offered in eu-west-3a, eu-west-3b$/,
    command: /--region eu-west-3$/,
  },
  {
    ...{ name: 'another default action of the firewall', subject: /^default actions of the firewall policy/, first: 'later' },
    broken: {
      answers: {
        DescribeFirewallPolicy: () => ({
          ...{ UpdateToken: '1', FirewallPolicyResponse: {} },
          FirewallPolicy: {
            StatefulDefaultActions: ['aws:drop_established_app_layer', 'aws:alert_established_app_layer', 'aws:drop_strict'],
          },
        }),
      },
    },
    found: /aws:drop_strict/,
    command: /^aws network-firewall describe-firewall-policy --firewall-policy-name production-egress/,
  },
  {
    ...{ name: 'client certificates that the listener still demands', subject: /^client certificates at port 443/, first: 'later' },
    broken: { answers: { DescribeListeners: () => ({ Listeners: { member: [{ MutualAuthentication: { Mode: 'verify' } }] } }) } },
    found: /^mode verify$/,
    command: /^aws elbv2 describe-listeners --listener-arns LoadBalancerHttps\w+-id/,
  },
  {
    ...{ name: 'a group without its warm pool', subject: /^warm pool/, first: 'later' },
    broken: { answers: { DescribeWarmPool: () => ({ Instances: {} }) } },
    ...{ found: /^no warm pool$/, command: /^aws autoscaling describe-warm-pool --auto-scaling-group-name Group-id/ },
  },
  {
    ...{ name: 'a warm pool that is being deleted', subject: /^warm pool/, first: 'later' },
    broken: { answers: { DescribeWarmPool: () => ({ WarmPoolConfiguration: { MinSize: 2, Status: 'PendingDelete' } }) } },
    ...{ found: /PendingDelete$/, command: /describe-warm-pool/ },
  },
  {
    ...{ name: 'a boundary that no role has', subject: /^roles with the boundary/, first: 'later' },
    broken: { answers: { GetPolicy: () => ({ Policy: { PermissionsBoundaryUsageCount: 0 } }) } },
    ...{ found: /^0$/, command: /^aws iam get-policy --policy-arn arn:aws:iam::111111111111:policy\/production-boundary-eu-west-3/ },
  },
  {
    ...{ name: 'a grant to a person', subject: /^grants of DataKey/, first: 'later' },
    broken: { answers: { ListGrants: () => ({ Grants: [grant('rds.amazonaws.com'), grant(`arn:aws:iam::${account}:user/eve`)] }) } },
    ...{ found: /^grant to arn:aws:iam::111111111111:user\/eve by/, command: /^aws kms list-grants --key-id DataKey\w+-id/ },
  },
  {
    ...{ name: 'a grant that another account issued', subject: /^grants of DataKey/, first: 'later' },
    broken: { answers: { ListGrants: () => ({ Grants: [grant('rds.amazonaws.com', '222222222222')] }) } },
    ...{ found: /by arn:aws:iam::222222222222:root$/, command: /list-grants/ },
  },
  {
    ...{ name: 'a grant that a person made', subject: /^grants that the trail recorded/, first: 'later' },
    broken: { answers: { LookupEvents: () => ({ Events: [grantEvent(key, { arn: 'arn:aws:iam::111111111111:user/eve' })] }) } },
    ...{ found: /^made by arn:aws:iam::111111111111:user\/eve$/, command: /^aws cloudtrail lookup-events/ },
  },
  {
    ...{ name: 'a service that was refused a grant', subject: /^grants that the trail recorded/, first: 'later' },
    broken: { answers: { LookupEvents: () => ({ Events: [grantEvent(key, { invokedBy: 'ec2.amazonaws.com' }, 'AccessDenied')] }) } },
    ...{ found: /^AccessDenied for ec2\.amazonaws\.com$/, command: /AttributeValue=CreateGrant/ },
  },
  {
    ...{ name: 'a retained bucket without policy', subject: /^policy of production-archive-/, first: 'later' },
    broken: { buckets: Object.fromEntries(otherBuckets.concat(edgeLogs ?? '').map((name) => [name, { objects: 1 }])) },
    ...{ found: /^no policy$/, command: /^npx cdk deploy production-data$/ },
  },
  {
    ...{ name: 'a bucket that no log arrives in', subject: /^logs in /, first: 'later' },
    broken: { buckets: Object.fromEntries(Object.keys(after.buckets).map((name) => [name, { objects: 0, sids: [] }])) },
    ...{ found: /^no object$/, command: /^aws s3 ls s3:/ },
  },
  {
    ...{ name: 'an archive that sends no events', subject: /^events of /, first: 'later' },
    broken: { answers: { 'GET notification': () => ({}) } },
    ...{ found: /^not sent$/, command: /^aws s3api get-bucket-notification-configuration --bucket auditarchive/ },
  },
  {
    ...{ name: 'a queue that others may choose', subject: /^redrive permission of CertificateFunctionDeadLetters/, first: 'later' },
    broken: { answers: { GetQueueAttributes: () => ({ Attributes: {} }) } },
    ...{ found: /^allowAll$/, command: /^aws sqs get-queue-attributes --queue-url https:\/\/sqs\.eu-west-3/ },
  },
  {
    ...{ name: 'a proxy that signs in by secret', subject: /^sign-in of the proxy/, first: 'later' },
    broken: {
      answers: {
        DescribeDBProxies: () => ({ DBProxies: { member: [{ Auth: { member: [{ AuthScheme: 'SECRETS' }] }, Status: 'available' }] } }),
      },
    },
    ...{ found: /^NONE, 1 secrets, available$/, command: /^aws rds describe-db-proxies --db-proxy-name production-data/ },
  },
  {
    ...{ name: 'a target that is not available', subject: /^targets of the proxy/, first: 'later' },
    broken: {
      answers: { DescribeDBProxyTargets: () => ({ Targets: { member: [target('one', 'AVAILABLE'), target('two', 'UNAVAILABLE')] } }) },
    },
    ...{ found: /two UNAVAILABLE$/, command: /^aws rds describe-db-proxy-targets --db-proxy-name production-data/ },
  },
  {
    ...{ name: 'a proxy without targets', subject: /^targets of the proxy/, first: 'later' },
    broken: { answers: { DescribeDBProxyTargets: () => ({ Targets: { member: [{ Type: 'TRACKED_CLUSTER' }] } }) } },
    ...{ found: /^no target$/, command: /describe-db-proxy-targets/ },
  },
  {
    ...{ name: 'a cluster that a restore left', subject: /^database clusters/, first: 'ready' },
    broken: {
      answers: {
        DescribeDBClusters: () => ({
          DBClusters: {
            DBCluster: ['production-data', 'production-data-0a1b2c3d', 'other-data'].map((DBClusterIdentifier) => ({
              DBClusterIdentifier,
            })),
          },
        }),
      },
    },
    found: /^production-data-0a1b2c3d$/,
    command:
      /delete-db-cluster --db-cluster-identifier production-data-0a1b2c3d --final-db-snapshot-identifier production-data-0a1b2c3d-last/,
  },
  {
    ...{ name: 'a log group of RDS without key', subject: /^key and retention of /, first: 'later' },
    broken: { answers: { DescribeLogGroups: ({ parameters }) => ({ logGroups: [{ logGroupName: parameters.logGroupNamePrefix }] }) } },
    ...{ found: /^no key, unlimited days$/, command: /^aws logs describe-log-groups --log-group-name-prefix \/aws\/rds/ },
  },
  {
    ...{
      name: 'a log of the database that does not arrive',
      subject: /^log streams of .*\/(?:postgresql|production-data)$/,
      first: 'later',
    },
    broken: { answers: { DescribeLogStreams: () => ({ logStreams: [] }) } },
    ...{ found: /^0$/, command: /^aws logs describe-log-streams --log-group-name \/aws\/rds/ },
  },
  {
    ...{ name: 'a CAA record of another authority', subject: /^CAA record/, first: 'later' },
    broken: { answers: caa('0 issue "other.example"') },
    ...{ found: /other\.example/, command: /^aws route53 list-resource-record-sets --hosted-zone-id Z0123456789/ },
  },
  {
    ...{ name: 'a CAA record that is gone', subject: /^CAA record/, first: 'later' },
    broken: {
      answers: { 'GET records': () => ({ ResourceRecordSets: { ResourceRecordSet: [record('zzz.example.com.', ['0 issue ";"'])] } }) },
    },
    ...{ found: /^none$/, command: /list-resource-record-sets/ },
  },
];

describe.each(facts)('$name', ({ subject, first, broken, found, command }) => {
  test('needs a change', async () => {
    const played = { ...after, ...broken, answers: { ...after.answers, ...broken.answers } };
    const changed = (await linesFor(played, subject)).filter(({ verdict }) => verdict === 'change');
    expect(changed[0]).toMatchObject({ found: expect.stringMatching(found), command: expect.stringMatching(command) });
  });

  test('is looked for, and is not there in the account of the templates', () => {
    expect(linesAfter.filter(({ check }) => subject.test(check)).map(({ verdict }) => verdict)).toContain('ready');
    expect(new Set(linesBefore.filter(({ check }) => subject.test(check)).map(({ verdict }) => verdict))).toEqual(new Set([first]));
  });
});

let linesBefore: readonly Line[] = [];
let linesAfter: readonly Line[] = [];
beforeAll(async () => {
  linesBefore = await linesFor(before, /./);
  await standIn?.close();
  linesAfter = await linesFor(after, /./);
  await standIn?.close();
});

const unmet = (lines: readonly Line[]) =>
  lines.filter(({ check, verdict }) => (verdict === 'change' || verdict === 'unknown') && !check.startsWith('parameter '));

test('an account before the deployment, and one after it, need no change', () => {
  expect(unmet(linesBefore)).toEqual([]);
  expect(unmet(linesAfter)).toEqual([]);
});

test('facts that a person reads are for later, before and after, with the command', () => {
  const later = linesAfter.filter(({ verdict }) => verdict === 'later').map(({ check, command }) => `${check}: ${command}`);
  expect(later).toEqual([
    expect.stringMatching(/^a grant by a person on AuditKey.*: aws kms create-grant --dry-run --key-id AuditKey\w+-id /),
    expect.stringMatching(/^a grant by a person on DeploymentKey.*: aws kms create-grant --dry-run /),
    expect.stringMatching(/^a grant by a person on DataKey.*: aws kms create-grant --dry-run /),
    expect.stringMatching(/SELECT pg_has_role\('rempart_master', 'rds_iam', 'MEMBER'\)"$/),
    expect.stringMatching(/^database: pgaudit\.log: psql .*--command="SHOW pgaudit\.log"$/),
    expect.stringMatching(/^database: the extension pgaudit: psql .* WHERE extname = 'pgaudit'"$/),
    expect.stringMatching(/^database: rds\.force_ssl: psql --username=rempart_master --dbname=rempart --command="SHOW rds\.force_ssl"$/),
  ]);
  expect(linesAfter.find(({ check }) => check === 'database: pgaudit.log')?.wanted).toBe('ddl,role');
});

describe('before the first deployment', () => {
  const left = (...names: readonly string[]): Played => ({
    ...before,
    answers: {
      ...before.answers,
      DescribeLogGroups: ({ parameters: { logGroupNamePrefix: prefix = '' } }) => ({
        logGroups: names.filter((name) => name.startsWith(prefix)).map((logGroupName) => ({ logGroupName })),
      }),
    },
  });

  test.each([
    '/rempart/production/trail',
    '/aws/rds/cluster/production-data/upgrade',
    '/aws/rds/proxy/production-data',
    'aws-waf-logs-production-edge',
  ])('the log group %s needs a change', async (name) => {
    const changed = (await linesFor(left(name), /^log groups/)).filter(({ verdict }) => verdict === 'change');
    expect(changed).toMatchObject([{ found: name, command: expect.stringContaining(`delete-log-group --log-group-name ${name} `) }]);
  });

  test('the log groups of a deployment whose name begins like this one are no finding', async () => {
    const names = ['/rempart/production-two/trail', '/aws/rds/cluster/production-data-two/postgresql', 'aws-waf-logs-production-edge-two'];
    expect(unmet(await linesFor(left(...names), /^log groups/))).toEqual([]);
  });

  test('a CAA record of the name needs a change, with the command that deletes it', async () => {
    const lines = await linesFor({ ...before, answers: { ...before.answers, ...own } }, /^CAA record/);
    expect(lines).toMatchObject([{ verdict: 'change', command: expect.stringMatching(/--change-batch '{"Changes":\[{"Action":"DELETE"/) }]);
  });

  test('a bucket that an earlier deployment retained without policy needs a change', async () => {
    const lines = await linesFor({ ...before, buckets: { [`production-archive-${account}-eu-west-3`]: { objects: 0 } } }, /^policy of/);
    expect(unmet(lines)).toMatchObject([{ check: expect.stringMatching(/production-archive/), found: 'no policy' }]);
  });
});

describe('grants', () => {
  const functionRole = Object.keys(after.stacks['production-data']?.resources ?? {}).find((id) => /FunctionRole/.test(id));
  test.each([
    ['a role of the deployment', `arn:aws:iam::${account}:role/${functionRole}-id`, 0],
    ['a session of such a role', `arn:aws:sts::${account}:assumed-role/${functionRole}-id/function`, 0],
    ['the infrastructure of EC2', `arn:aws:sts::${account}:assumed-role/aws:ec2-infrastructure/i-0123456789`, 0],
    ['another role', `arn:aws:iam::${account}:role/other`, 1],
    ['a role of that name in another account', `arn:aws:iam::222222222222:role/${functionRole}-id`, 1],
  ])('to %s', async (_, principal, expected) => {
    const played = { ...after, answers: { ...after.answers, ListGrants: () => ({ Grants: [grant(principal)] }) } };
    expect(unmet(await linesFor(played, /^grants of DataKey/))).toHaveLength(expected);
  });

  test('events of other keys are no answer', async () => {
    const answers = { ...after.answers, LookupEvents: () => ({ Events: [grantEvent('other', { arn: 'eve' })] }) };
    expect(await linesFor({ ...after, answers }, /^grants that the trail/)).toMatchObject([{ verdict: 'later', found: 'no grant' }]);
  });

  test('a person who is refused a grant is no fault', async () => {
    const answers = { ...after.answers, LookupEvents: () => ({ Events: [grantEvent(key, { arn: 'eve' }, 'AccessDenied')] }) };
    expect(await linesFor({ ...after, answers }, /^grants that the trail/)).toMatchObject([{ verdict: 'ready' }]);
  });
});

test('Aurora writes the log of failed sign-ins at the first failure', async () => {
  const answers = { ...after.answers, DescribeLogStreams: () => ({ logStreams: [] }) };
  expect(await linesFor({ ...after, answers }, /^log streams of .*iam-db-auth-error/)).toMatchObject([{ verdict: 'later' }]);
});
