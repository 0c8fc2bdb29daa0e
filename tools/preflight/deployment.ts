// The deployment that the preflight examines: its templates, and the ids that CloudFormation has for their resources.
import { type CloudFormationClient, paginateListStackResources } from '@aws-sdk/client-cloudformation';
import type { Site } from '../../lib/config/site';
import type { SynthesizedStack } from '../synthesis/assembly';
import type { Account } from './account';
import { type PseudoParameters, type Resource, resourcesOf } from './templates';

export interface Deployment {
  readonly account: Account;
  readonly site: Site;
  readonly resources: readonly Resource[];
  readonly pseudo: PseudoParameters;
  readonly deployed: PhysicalIds;
}

export function deploymentOf(account: Account, stacks: readonly SynthesizedStack[], site: Site): Deployment {
  const pseudo = {
    'AWS::AccountId': account.id,
    'AWS::Partition': 'aws',
    'AWS::Region': account.region,
    'AWS::URLSuffix': 'amazonaws.com',
  };
  return {
    account,
    site,
    resources: resourcesOf(stacks.filter(({ region }) => region === account.region)),
    pseudo,
    deployed: new PhysicalIds(account.cloudFormation),
  };
}

/** Physical ids by logical id. Each stack is read once. */
export class PhysicalIds {
  private readonly stacks = new Map<string, Promise<ReadonlyMap<string, string>>>();

  constructor(private readonly cloudFormation: CloudFormationClient) {}

  /** Every resource of a stack; none where the stack does not exist. */
  of(stack: string): Promise<ReadonlyMap<string, string>> {
    const known = this.stacks.get(stack) ?? readIds(this.cloudFormation, stack);
    this.stacks.set(stack, known);
    return known;
  }

  /** One resource; `undefined` where it is not deployed. */
  async find({ stack, logicalId }: Pick<Resource, 'stack' | 'logicalId'>): Promise<string | undefined> {
    return (await this.of(stack)).get(logicalId);
  }
}

/** A resource that a rollback deleted or left behind is listed still, and belongs to the stack no longer. */
const gone = /^DELETE_(?:COMPLETE|SKIPPED)$/;

async function readIds(client: CloudFormationClient, StackName: string): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  try {
    for await (const { StackResourceSummaries: resources = [] } of paginateListStackResources({ client }, { StackName })) {
      for (const { LogicalResourceId: logicalId = '', PhysicalResourceId: id, ResourceStatus: status = '' } of resources) {
        if (id !== undefined && !gone.test(status)) ids.set(logicalId, id);
      }
    }
  } catch (error) {
    if (!(error instanceof Error && /does not exist/.test(error.message))) throw error;
  }
  return ids;
}
