// Stacks as CloudFormation has them: their states, and what the data stack was deployed with.
import { type CloudFormationClient, GetTemplateCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { stackName } from '../../lib/config/names';
import type { Site } from '../../lib/config/site';
import { findStack } from '../preflight/stacks';
import type { Recovery, StackName } from './recovery';

/** States of a stack that is deployed, and is not being changed. */
const complete = /^(?:CREATE|UPDATE|IMPORT)_COMPLETE$/;
/** States in which CloudFormation works. A stack that is to be deleted is over first. */
const working = /_IN_PROGRESS$/;
/** States of a stack that was never deployed. */
const neverDeployed = /^(?:REVIEW_IN_PROGRESS|CREATE_FAILED|ROLLBACK_(?:COMPLETE|FAILED|IN_PROGRESS)|DELETE_\w+)$/;

export interface StackState extends StackName {
  /** @default - there is no such stack */
  readonly status?: string;
}

export const isComplete = ({ status = '' }: StackState): boolean => complete.test(status);
export const isWorking = ({ status = '' }: StackState): boolean => working.test(status) && status !== 'REVIEW_IN_PROGRESS';

export async function statesOf({ stacks, account }: Recovery): Promise<readonly StackState[]> {
  const states: StackState[] = [];
  for (const { name, region } of stacks) {
    const stack = await findStack(account.cloudFormation(region), name);
    states.push({ name, region, ...statusOf(stack) });
  }
  return states;
}

const statusOf = (stack: Stack | undefined): Pick<StackState, 'status'> =>
  stack?.StackStatus === undefined ? {} : { status: stack.StackStatus };

/** What the data stack of the site was deployed with. */
export interface DeployedData {
  /** Identifier of the database cluster. */
  readonly cluster: string;
  /** Whether the schedules of the lake rest. */
  readonly isHeld: boolean;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: { readonly DBClusterIdentifier?: unknown; readonly State?: unknown };
}

/** The data of the deployed template; undefined where the stack was never deployed. */
export async function deployedData(cloudFormation: CloudFormationClient, site: Site): Promise<DeployedData | undefined> {
  const StackName = stackName(site, 'data');
  const { status } = statusOf(await findStack(cloudFormation, StackName));
  if (status === undefined || neverDeployed.test(status)) return undefined;
  const { TemplateBody = '{}' } = await cloudFormation.send(new GetTemplateCommand({ StackName, TemplateStage: 'Original' }));
  const { Resources = {} } = JSON.parse(TemplateBody) as { Resources?: Record<string, TemplateResource> };
  const entries = Object.entries(Resources);
  const cluster = entries.find(([, { Type }]) => Type === 'AWS::RDS::DBCluster')?.[1].Properties?.DBClusterIdentifier;
  const schedules = entries.filter(([id, { Type }]) => Type === 'AWS::Scheduler::Schedule' && id.startsWith('Lake'));
  return {
    cluster: String(cluster),
    isHeld: schedules.length > 0 && schedules.every(([, { Properties }]) => Properties?.State === 'DISABLED'),
  };
}

/** The site with this recovery point, as the file has it after the choice. */
export function restoredSite(site: Site, point: string): Site {
  const { data } = site.settings;
  return { ...site, settings: { ...site.settings, data: { ...data, restoreFrom: { ...data.restoreFrom, [site.name]: point } } } };
}
