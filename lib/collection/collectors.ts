// The collectors: their servers, their traffic, the scaling of the fleet, and their alarms.
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IApplicationListener } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IStream } from 'aws-cdk-lib/aws-kinesis';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { siteSnapshotKey } from '../../lambda/ingest/site-snapshot/env';
import type { CollectorEnvironment } from '../../services/collector/env';
import { collectorPort } from '../config/flows/flow';
import { metricsNamespace } from '../config/metrics';
import { fleetName, siteSecretPrefix } from '../config/names';
import type { Site } from '../config/site';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { CollectorFleet } from './collector-fleet';
import { CollectorTraffic } from './collector-traffic';
import { drainSeconds, hooks, spoolFolder, stopSeconds } from './contract';
import { FirstServers } from './first-servers';
import { FleetAlarms } from './fleet-alarms';
import { FleetScaling } from './fleet-scaling';
import { dataDisks, spoolLimitBytes } from './server-disks';
import { ServerFiles } from './server-files';
import { ServerLog } from './server-log';
import { ServerReplacement } from './server-replacement';
import { ServerRole } from './server-role';
import { ServerTemplate } from './server-template';

export interface CollectorsProps {
  readonly site: Site;
  readonly vpc: IVpc;
  /** Subnets of servers. (DSS-5.6.2) */
  readonly serverSubnets: SubnetSelection;
  /** Listener of the load balancer on 443. */
  readonly listener: IApplicationListener;
  readonly proxySecurityGroup: ISecurityGroup;
  /** Header in which the load balancer, or Cloudflare before it, sends the client's address. */
  readonly clientAddress: 'x-forwarded-for' | 'cf-connecting-ip';
  /** Receives the hits. */
  readonly hitStream: IStream;
  /** Has the site snapshot, `sites.json`. */
  readonly settingsBucket: IBucket;
  /** Encrypts the disks, the hit stream and the site snapshot. (TOM-5.5) */
  readonly dataKey: IKey;
  /** Encrypts the servers' log, and the environment, log and dead letters of the functions. (TOM-5.5) */
  readonly key: IKey;
  /** ARN of the service-linked role with which EC2 Auto Scaling starts the servers. */
  readonly serviceRoleArn: string;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people. (TOM-3.4) */
  readonly alarmTopic: ITopic;
  /** The collector as one file of JavaScript. */
  readonly program: string;
}

export class Collectors extends Construct {
  /** Group of the servers. (TOM-6.8) */
  readonly securityGroup: ISecurityGroup;

  constructor(scope: Construct, id: string, props: CollectorsProps) {
    super(scope, id);
    const { site, key, vpc, serverSubnets } = props;
    const { instanceConnect } = site.settings.access;
    const log = new ServerLog(this, 'Log', { site, key });
    const files = new ServerFiles(this, 'Files', {
      program: { 'collector.cjs': props.program },
      settings: {
        'collector.env': settingLines({ ...collectorEnvironment(props) }),
        'host.env': hostSettings(site),
        'amazon-cloudwatch-agent.json': log.agentSettings(site.region),
        ...(instanceConnect ? { 'sessions.conf': sessionLimits(site) } : {}),
      },
      region: site.region,
      instanceConnect,
    });
    const role = new ServerRole(this, 'Role', { ...props, logGroup: log.logGroup, bootObjects: files.objects });
    const traffic = new CollectorTraffic(this, 'Traffic', props);
    const { securityGroup, fromProxies, targetGroup, rule } = traffic;
    this.securityGroup = securityGroup;
    const { template } = new ServerTemplate(this, 'Server', { ...props, role, securityGroup, userData: files.userData });
    const needs = [role.permissions, log, rule, fromProxies];
    const fleet = new CollectorFleet(this, 'Fleet', {
      site,
      vpc,
      serverSubnets,
      template,
      targetGroup,
      serviceRoleArn: props.serviceRoleArn,
      needs,
    });

    const group = fleet.group.autoScalingGroupName;
    new FleetScaling(this, 'Scaling', { site, group, targetGroup, listenerRule: rule });
    const firstServers = new FirstServers(this, 'FirstServers', { site, group, targetGroup, key, needs });
    const { arrayDegraded } = new FleetAlarms(this, 'Alarms', { ...props, group, targetGroup, servingFleet: [firstServers] });
    new ServerReplacement(this, 'Replacement', { site, alarm: arrayDegraded, key });
  }
}

/** The environment of the program, except ARRAY_FOLDER, which the server determines. */
function collectorEnvironment({ site, hitStream, settingsBucket, clientAddress }: CollectorsProps): CollectorEnvironment {
  const { collection } = site.settings;
  return {
    HOST: '0.0.0.0',
    PORT: String(collectorPort),
    SPOOL_FOLDER: spoolFolder,
    SPOOL_LIMIT_BYTES: String(spoolLimitBytes(collection)),
    COMMIT_DELAY_MS: String(collection.commitDelayMilliseconds),
    DURABLE: 'on',
    STREAM_NAME: hitStream.streamName,
    AWS_REGION: site.region,
    SITES_SOURCE: `s3://${settingsBucket.bucketName}/${siteSnapshotKey}`,
    KEYS_SOURCE: `secretsmanager:${siteSecretPrefix(site)}`,
    CLIENT_ADDRESS: clientAddress,
    STOP_SECONDS: String(stopSeconds),
    METRICS_NAMESPACE: metricsNamespace(site),
    METRICS_GROUP: fleetName(site),
  };
}

/** Settings of the scripts of services/collector/host, as shell variables. */
function hostSettings(site: Site): string {
  const settings = {
    GROUP: fleetName(site),
    LAUNCH_HOOK: hooks.launch,
    TERMINATION_HOOK: hooks.termination,
    NAMESPACE: metricsNamespace(site),
    DISKS: `"${dataDisks(site.settings.collection.disks).join(' ')}"`,
    SPOOL_FOLDER: spoolFolder,
    HEALTH_URL: `http://127.0.0.1:${collectorPort}/health`,
    DRAIN_SECONDS: String(drainSeconds),
  };
  const exported = {
    AWS_REGION: site.region,
    AWS_DEFAULT_REGION: site.region,
    AWS_RETRY_MODE: 'standard',
    AWS_MAX_ATTEMPTS: '5',
    // The AWS CLI makes one attempt of one second for the credentials of the role by default.
    AWS_METADATA_SERVICE_NUM_ATTEMPTS: '5',
    AWS_METADATA_SERVICE_TIMEOUT: '2',
  };
  return `${settingLines(settings)}\nexport ${Object.entries(exported)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')}`;
}

/** Settings of logind, which ends SSH sessions that are idle, and their processes. (TOM-3.3) */
const sessionLimits = ({ settings }: Site): string =>
  `[Login]\nStopIdleSessionSec=${settings.access.timeouts.shellIdleMinutes * 60}\nKillUserProcesses=yes`;

const settingLines = (variables: Readonly<Record<string, string | undefined>>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n');
