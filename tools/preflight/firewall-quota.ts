// The quota of Network Firewall: 5 firewalls for each account and Region by default, and a deployment has one for each
// zone ("AWS Network Firewall quotas"). Service Quotas lists it by name.
import { paginateListFirewalls } from '@aws-sdk/client-network-firewall';
import { paginateListServiceQuotas } from '@aws-sdk/client-service-quotas';
import type { Account } from './account';
import type { Check, Line } from './line';
import type { Resource } from './templates';

const service = 'network-firewall';
const type = 'AWS::NetworkFirewall::Firewall';

/** Firewalls of the templates, with those of other deployments in the account and Region. */
export function firewallQuotaCheck(account: Account, resources: readonly Resource[]): Check {
  const own = resources.filter((resource) => resource.type === type).map(({ properties }) => String(properties.FirewallName));
  const run = async (): Promise<readonly Line[]> => {
    if (own.length === 0) return [];
    const others = (await firewallNames(account)).filter((name) => !own.includes(name));
    const wanted = own.length + others.length;
    const quota = await firewallQuota(account);
    const list = `aws service-quotas list-service-quotas --service-code ${service} --region ${account.region}`;
    const raise = `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${quota?.code} --desired-value ${wanted} --region ${account.region}`;
    const ready = quota !== undefined && quota.value >= wanted;
    return [
      {
        check: 'quota: Network Firewall firewalls',
        verdict: quota === undefined ? 'unknown' : ready ? 'ready' : 'change',
        found: String(quota?.value ?? 'no quota with this name'),
        wanted: `at least ${wanted}`,
        command: quota === undefined || ready ? list : raise,
      },
    ];
  };
  return { name: 'quota of firewalls', run };
}

async function firewallNames({ firewall: client }: Account): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { Firewalls = [] } of paginateListFirewalls({ client }, {})) {
    names.push(...Firewalls.map(({ FirewallName = '' }) => FirewallName));
  }
  return names;
}

async function firewallQuota({ serviceQuotas: client }: Account): Promise<{ readonly code: string; readonly value: number } | undefined> {
  for await (const { Quotas = [] } of paginateListServiceQuotas({ client }, { ServiceCode: service })) {
    const found = Quotas.find(({ QuotaName = '' }) => /^(?:maximum number of )?firewalls\b/i.test(QuotaName));
    if (found) return { code: found.QuotaCode ?? '', value: found.Value ?? 0 };
  }
  return undefined;
}
