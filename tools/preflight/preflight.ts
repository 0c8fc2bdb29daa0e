// The checks of a deployment at a site, in the order in which a deployment would meet them.
import type { Site } from '../../lib/config/site';
import type { SynthesizedStack } from '../synthesis/assembly';
import type { Account } from './account';
import { connectQuotaCheck } from './connect-quota';
import { deploymentOf } from './deployment';
import { factsCheck } from './facts';
import { firewallQuotaCheck } from './firewall-quota';
import type { Check } from './line';
import { liveChecks } from './live/live';
import { logPolicyQuotaCheck } from './log-policy-quota';
import { nameCheck } from './names';
import { quotaCheck } from './quotas';
import { serviceRoleCheck } from './service-roles';
import { analyzerCheck, publicAccessCheck } from './singletons';
import { bootstrapCheck, stackCheck } from './stacks';

export function checksOf(account: Account, stacks: readonly SynthesizedStack[], site: Site): readonly Check[] {
  const deployment = deploymentOf(account, stacks, site);
  const { resources, pseudo } = deployment;
  return [
    factsCheck(site),
    bootstrapCheck(account, site),
    stackCheck(
      account,
      stacks.map(({ name }) => name),
    ),
    quotaCheck(account, resources, site.settings),
    firewallQuotaCheck(account, resources),
    logPolicyQuotaCheck(account, resources, pseudo),
    connectQuotaCheck(account, resources),
    publicAccessCheck(account, resources),
    serviceRoleCheck(account, resources),
    analyzerCheck(deployment),
    nameCheck(deployment),
    ...liveChecks(deployment),
  ];
}
