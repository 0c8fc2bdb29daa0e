// Flows of the collection stack.
import { sessionOf } from './data';
import { loadBalancer } from './edge';
import { calls, collectorPort, connects, type Flow, type FlowSettings, servicePort, shellPort } from './flow';

export const collectors = 'collection/CollectorsFleetGroupASG';

/** The endpoint by which the client-data team reaches servers. (DSS-5.6.6) */
const connectEndpoint = 'collection/InstanceConnectEndpoint';

export const collectionFlows = (settings: FlowSettings): readonly Flow[] => [
  connects(loadBalancer, collectors, collectorPort, 'hits, and health checks'),
  ...(settings.instanceConnect ? [connects(connectEndpoint, collectors, shellPort, 'shells of the client-data team')] : []),
  calls(collectors, 'kinesis-streams', settings, 'hits'),
  calls(collectors, 'secretsmanager', settings, 'keys of the sites'),
  calls(collectors, 'monitoring', settings, 'metrics'),
  calls(collectors, 'logs', settings, 'log of the server'),
  calls(collectors, 'autoscaling', settings, 'lifecycle hooks'),
  calls(collectors, 's3', settings, 'program, and the snapshot of sites'),
  calls(collectors, 'ssm', settings, 'the server takes sessions of people'),
  calls(collectors, 'ssmmessages', settings, 'sessions of people'),
  calls(collectors, 'kms', settings, 'keys of sessions'),
  {
    name: `${collectors} to its repositories`,
    from: collectors,
    to: {
      service: 's3',
      hosts: [
        `al2023-repos-${settings.region}-de612dc2.s3.dualstack.${settings.region}.amazonaws.com`,
        `al2023-repos-${settings.region}-de612dc2.s3.${settings.region}.amazonaws.com`,
      ],
    },
    ports: [servicePort],
    way: 'gateway endpoint',
    purpose: 'packages of Amazon Linux',
  },
  ...sessionOf('collection/HitIngestFunction', settings),
  calls('collection/HitIngestFunction', 's3', settings, 'hits that could not be stored'),
  ...sessionOf('collection/SiteSnapshotFunction', settings),
  calls('collection/SiteSnapshotFunction', 's3', settings, 'the snapshot of sites'),
];
