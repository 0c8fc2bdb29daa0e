// The parts of a recovery, from its command line: clients of AWS, the file of the deployment, its stacks and its log.
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { Route53Client } from '@aws-sdk/client-route-53';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Site, SiteName } from '../../lib/config/site';
import { configuredSite } from '../configured-site';
import { callFunction } from '../lake/invoke';
import type { Deployed } from '../rehearse/deployed';
import { projectRoot } from '../synthesis/synthesize';
import { settingsFile } from './configuration';
import { runCdk } from './deploy';
import { probeEdge } from './edge-probe';
import { journalIn, readJournal } from './journal';
import { optionsOf, type Values } from './options';
import type { Account, Recovery, StackName, Surroundings } from './recovery';

/** Others run in the region at the same time; the SDK waits longer before each further attempt. */
const maxAttempts = 8;

function accountOf(site: Site): Account {
  const { region } = site;
  const client = { region, maxAttempts };
  return {
    sts: new STSClient(client),
    backup: new BackupClient(client),
    cloudFormation: (of) => new CloudFormationClient({ ...client, region: of }),
    loadBalancing: new ElasticLoadBalancingV2Client(client),
    route53: new Route53Client(client),
    call: callFunction(site, new LambdaClient({ region, maxAttempts: 1 })),
  };
}

const surroundings: Surroundings = {
  now: () => new Date(),
  pause: (milliseconds) => setTimeout(milliseconds),
  progress: (line) => console.error(line),
  cdk: runCdk,
  probe: probeEdge,
};

/** The stacks of the site, each in its region. */
const stacksOf = ({ assembly }: Deployed): readonly StackName[] => [
  ...new Map(assembly.resources.map(({ stack: { name, region } }) => [name, { name, region }])).values(),
];

export function recoveryOf(values: Values, deployment: string, name: SiteName, deployed: Deployed): Recovery {
  const site = () => configuredSite({ deployment, site: name });
  const { out = '.' } = values;
  return {
    ...surroundings,
    ...{ site, account: accountOf(site()), stacks: stacksOf(deployed), options: optionsOf(values), facts: {} },
    file: settingsFile(join(projectRoot, 'config', `${deployment}.yaml`)),
    journal: values.apply ? journalIn(out, deployment, name, surroundings.now) : readJournal(out, deployment, name),
  };
}

/** Begins the log with the person, as far as the credentials say. The step `account` checks them. */
export async function begin({ account, journal, site }: Recovery, args: string): Promise<void> {
  const caller = await account.sts.send(new GetCallerIdentityCommand({})).catch(() => undefined);
  const { deployment, name } = site();
  journal.add({ event: 'begin', operator: caller?.Arn ?? 'not known', deployment, site: name, arguments: args });
}
