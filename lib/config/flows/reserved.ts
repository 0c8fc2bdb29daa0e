// Ways that are open although nobody uses them yet, each with its reason. A stack that uses one declares a flow, and
// the way leaves this file.
import { collectors } from './collection';
import { calls, type Flow, type FlowSettings, hostsOf, servicePort } from './flow';

/** Services with an endpoint that no program calls today. */
const endpoints: Readonly<Record<string, string>> = {
  sts: 'credentials, while the way to the internet is down',
  dynamodb: 'tables; the endpoint is without charge',
};

/** Services without an endpoint, whose names pass the firewalls. */
const services: Readonly<Record<string, string>> = {
  cloudformation: 'signals of servers',
  'cognito-idp': 'sign-in of people (planned stack: portal)',
  ec2: 'descriptions of instances',
  ec2messages: 'older agents of Systems Manager',
  events: 'events of servers and functions',
  'guardduty-data': 'runtime monitoring (planned stack: watch)',
  sns: 'notifications',
  sqs: 'queues',
};

/** The resources for which the ways out of their tier are open: servers and functions. */
const talkers = [collectors, 'data/UpkeepFunction'];

export const reservedFlows = (settings: FlowSettings): readonly Flow[] => [
  ...Object.entries(endpoints).map(([service, purpose]) => ({ ...calls(collectors, service, settings, purpose), reserved: true })),
  ...talkers.flatMap((from) =>
    Object.entries(services).map(([service, purpose]) => outOf(from, service, hostsOf(service, settings.region), purpose)),
  ),
  ...settings.allowedDomains.map((domain) =>
    outOf(collectors, domain, domain.startsWith('.') ? [domain.slice(1), `www${domain}`] : [domain], 'network.allowedDomains'),
  ),
];

const outOf = (from: string, service: string, hosts: readonly string[], purpose: string): Flow => ({
  name: `${from} to ${service}`,
  from,
  to: { service, hosts },
  ports: [servicePort],
  way: 'firewall',
  purpose,
  reserved: true,
});

/**
 * Names that the DNS firewall resolves without a connection: addresses of the VPC, and names of Kinesis and DynamoDB.
 */
export const namesWithoutFlow = (region: string): readonly string[] => [
  `ip-10-0-0-1.${region}.compute.internal`,
  `111111111111.control-kinesis.${region}.amazonaws.com`,
  `111111111111.ddb.${region}.amazonaws.com`,
];
