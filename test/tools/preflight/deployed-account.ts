// An account a day after the deployment, as the stand-in plays it: every fact is as the templates want it.
import { databaseIdentifier } from '../../../lib/config/names';
import type { Site } from '../../../lib/config/site';
import { ofType, type PseudoParameters, type Resource, resolveText, resourcesOf } from '../../../tools/preflight/templates';
import type { SynthesizedStack } from '../../../tools/synthesis/assembly';
import type { Answers, Played } from './stand-in';

export const account = '111111111111';

const zonesOf = (region: string): readonly string[] => ['a', 'b', 'c'].map((zone) => `${region}${zone}`);

/** What the services answer whether or not the deployment exists; the others answer that a resource does not exist. */
export const answersBefore = ({ settings: { collection } }: Site): Answers => ({
  DescribeSubnets: () => ({ subnetSet: {} }),
  DescribeAvailabilityZones: ({ region }) => ({ availabilityZoneInfo: { item: zonesOf(region).map((zoneName) => ({ zoneName })) } }),
  DescribeInstanceTypeOfferings: ({ region }) => ({
    instanceTypeOfferingSet: {
      item: collection.instanceTypes.flatMap((instanceType) => zonesOf(region).map((location) => ({ instanceType, location }))),
    },
  }),
  DescribeLogGroups: () => ({ logGroups: [] }),
  DescribeDBClusters: () => ({ DBClusters: {} }),
  GetRole: () => executionRole(`arn:aws:iam::${account}:policy/cdk-hnb659fds-execution-boundary-${account}-eu-west-3`),
});

/** The execution role of the bootstrap, with a boundary. */
export const executionRole = (PermissionsBoundaryArn: string) => ({
  Role: { PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn } },
});

/** Resource ids that the deployed account has for the proxy and the cluster. */
export const [proxyId, databaseId] = ['prx-0a1b2c3d', 'cluster-0A1B2C3D'] as const;

const proxyArn = `arn:aws:rds:eu-west-3:${account}:db-proxy:${proxyId}`;

/** A result of the policy simulator, for a principal with a boundary. */
export const simulation = (EvalDecision: string, AllowedByPermissionsBoundary: boolean) => ({
  EvaluationResults: {
    member: [
      {
        ...{ EvalActionName: 'rds-db:connect', EvalDecision },
        ResourceSpecificResults: {
          member: [{ EvalResourceDecision: EvalDecision, PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary } }],
        },
      },
    ],
  },
});

/**
 * Functions connect to the proxy; the proxy and the functions for people, to the cluster; the reader of restored
 * clusters, to any. All else is denied.
 */
function mayConnect(parameters: Readonly<Record<string, string>>): boolean {
  const [action, arn, source = ''] = ['ActionNames.member.1', 'ResourceArns.member.1', 'PolicySourceArn'].map((name) => parameters[name]);
  const isForPeople = /:role\/Staff/.test(source);
  if (/:role\/RestoreValidationReader/.test(source)) return action === 'rds-db:connect' && arn?.endsWith('/rempart_validation') === true;
  const id = isForPeople || /:role\/ProxyRole/.test(source) ? databaseId : proxyId;
  const names = isForPeople
    ? ['auditor_preflight', 'rempart_admission', 'support_preflight']
    : ['rempart_application', 'rempart_maintenance'];
  const users = names.map((user) => `arn:aws:rds-db:eu-west-3:${account}:dbuser:${id}/${user}`);
  return action === 'rds-db:connect' && users.includes(arn ?? '') && source.startsWith(`arn:aws:iam::${account}:role/`);
}

/** The physical id that the deployed account has for a resource. */
function physicalId({ type, logicalId, properties }: Resource, pseudo: PseudoParameters): string {
  if (type === 'AWS::SQS::Queue') return `https://sqs.${pseudo['AWS::Region']}.amazonaws.com/${account}/${logicalId}`;
  if (type === 'AWS::S3::Bucket') return resolveText(properties.BucketName, pseudo) ?? logicalId.toLowerCase();
  return resolveText(properties.LogGroupName, pseudo) ?? `${logicalId}-id`;
}

/** Answers after the deployment; a test replaces one of them. */
export function answersAfter(site: Site, stacks: readonly SynthesizedStack[], pseudo: PseudoParameters): Answers {
  const resources = resourcesOf(stacks);
  const [policy] = ofType(resources, 'AWS::NetworkFirewall::FirewallPolicy');
  const [listener] = ofType(resources, 'AWS::ElasticLoadBalancingV2::Listener').filter(({ properties }) => properties.Port === 443);
  return {
    ...answersBefore(site),
    DescribeFirewallPolicy: () => ({ UpdateToken: '1', FirewallPolicyResponse: {}, FirewallPolicy: policy?.properties.FirewallPolicy }),
    DescribeListeners: () => ({
      Listeners: { member: [{ Port: 443, MutualAuthentication: listener?.properties.MutualAuthentication }] },
    }),
    DescribeWarmPool: () => ({ WarmPoolConfiguration: { MinSize: 2, PoolState: 'Stopped' }, Instances: {} }),
    GetPolicy: () => ({ Policy: { PermissionsBoundaryUsageCount: 30 } }),
    ListGrants: () => ({ Grants: [grant('rds.amazonaws.com'), grant(serviceRole)] }),
    LookupEvents: () => ({ Events: keyIds(resources, pseudo).map((id) => grantEvent(id, { invokedBy: 'rds.amazonaws.com' })) }),
    // The dead letters of the queue of landed logs; all other queues are of functions.
    GetQueueAttributes: ({ parameters }) => {
      const redrivePermission = JSON.stringify(parameters).includes('NoticeDeadLetters') ? 'byQueue' : 'denyAll';
      return { Attributes: { RedriveAllowPolicy: JSON.stringify({ redrivePermission }) } };
    },
    DescribeDBProxies: () => ({
      DBProxies: { member: [{ DBProxyArn: proxyArn, DefaultAuthScheme: 'IAM_AUTH', Auth: {}, Status: 'available' }] },
    }),
    SimulatePrincipalPolicy: ({ parameters }) => simulation(mayConnect(parameters) ? 'allowed' : 'implicitDeny', true),
    DescribeDBProxyTargets: () => ({ Targets: { member: [{ Type: 'TRACKED_CLUSTER' }, target('one', 'AVAILABLE')] } }),
    DescribeDBClusters: () => ({
      DBClusters: { DBCluster: [{ DBClusterIdentifier: databaseIdentifier(site), DbClusterResourceId: databaseId }] },
    }),
    DescribeLogGroups: ({ parameters: { logGroupNamePrefix } }) => ({
      logGroups: [{ logGroupName: logGroupNamePrefix, kmsKeyId: 'key', retentionInDays: 400 }],
    }),
    DescribeLogStreams: () => ({ logStreams: [{ logStreamName: 'one' }] }),
    'GET notification': () => ({ EventBridgeConfiguration: {} }),
  };
}

const serviceRole = `arn:aws:iam::${account}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_production-home`;

export const grant = (GranteePrincipal: string, issuer = account) => ({
  ...{ GrantId: 'grant', GranteePrincipal, IssuingAccount: `arn:aws:iam::${issuer}:root` },
});

export const grantEvent = (keyId: string, userIdentity: object, errorCode?: string) => ({
  CloudTrailEvent: JSON.stringify({ userIdentity, requestParameters: { keyId }, ...(errorCode ? { errorCode } : {}) }),
});

export const target = (RdsResourceId: string, State: string) => ({ Type: 'RDS_INSTANCE', RdsResourceId, TargetHealth: { State } });

export const keyIds = (resources: readonly Resource[], pseudo: PseudoParameters): readonly string[] =>
  ofType(resources, 'AWS::KMS::Key').map((key) => physicalId(key, pseudo));

/** The stacks with the physical ids of their resources, and the buckets with what is in them. */
export function playedAfter(stacks: readonly SynthesizedStack[], pseudo: PseudoParameters): Pick<Played, 'stacks' | 'buckets'> {
  const resources = resourcesOf(stacks);
  const idsOf = (name: string) =>
    Object.fromEntries(resources.filter(({ stack }) => stack === name).map((own) => [own.logicalId, physicalId(own, pseudo)]));
  const buckets = ofType(resources, 'AWS::S3::Bucket').map((bucket) => physicalId(bucket, pseudo));
  return {
    stacks: {
      CDKToolkit: { status: 'UPDATE_COMPLETE', bootstrap: '30' },
      ...Object.fromEntries(stacks.map(({ name }) => [name, { status: 'CREATE_COMPLETE', resources: idsOf(name) }])),
    },
    buckets: Object.fromEntries(buckets.map((name) => [name, { objects: 1, sids: ['Own'] }])),
  };
}
