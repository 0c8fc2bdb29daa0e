// The checks of a deployment at a site, in the order in which a deployment would meet them.
import type { Settings } from '../../lib/config/settings/settings';
import type { SynthesizedStack } from '../synthesis/assembly';
import type { Account } from './account';
import type { Check } from './line';
import { liveChecks } from './live';
import { nameCheck } from './names';
import { quotaCheck } from './quotas';
import { publicAccessCheck } from './singletons';
import { bootstrapCheck, stackCheck } from './stacks';
import { type PseudoParameters, resourcesOf } from './templates';

export function checksOf(account: Account, stacks: readonly SynthesizedStack[], settings: Settings): readonly Check[] {
  const resources = resourcesOf(stacks);
  const pseudo = pseudoParameters(account);
  return [
    bootstrapCheck(account),
    stackCheck(
      account,
      stacks.map(({ name }) => name),
    ),
    quotaCheck(account, resources, settings),
    publicAccessCheck(account, resources),
    nameCheck(account, resources, pseudo),
    ...liveChecks(account, resources, pseudo),
  ];
}

const pseudoParameters = ({ id, region }: Pick<Account, 'id' | 'region'>): PseudoParameters => ({
  'AWS::AccountId': id,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
});
