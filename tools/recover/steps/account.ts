// The account and its regions: the credentials are those of the configuration, and the CDK can deploy.
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { messageOf } from '../../../runtime/vpn/refusal';
import { variant } from '../../bootstrap/names';
import { ToolError } from '../../command-line';
import { findStack } from '../../preflight/stacks';
import type { Recovery } from '../recovery';
import type { Step } from '../step';

export const accountStep: Step = {
  ...{ name: 'account', title: 'the account, and the bootstrap of its regions' },
  async left(recovery) {
    recovery.facts.accountId = await accountOf(recovery);
    const regions = [...new Set([recovery.site().region, ...recovery.stacks.map(({ region }) => region)])];
    for (const region of regions) await checkBootstrap(recovery, region);
    return [];
  },
  act: async () => undefined,
};

async function accountOf({ account, site }: Recovery): Promise<string> {
  const { settings } = site();
  try {
    const { Account: found = '' } = await account.sts.send(new GetCallerIdentityCommand({}));
    if (found === settings.account) return found;
    if (settings.account === undefined) {
      // The configuration refuses the snapshot of an account that it does not name.
      throw new ToolError(
        `account: expected the account in the configuration, got none; write account: "${found}", if it is that of the deployment`,
      );
    }
    throw new ToolError(`account: expected ${settings.account} as configured, got ${found}; choose the credentials of that account`);
  } catch (error) {
    if (error instanceof ToolError) throw error;
    const got = `${error instanceof Error ? error.name : 'Error'}: ${messageOf(error)}`;
    throw new ToolError(`credentials: expected credentials of an account, got ${got}; sign in with aws sso login, or set AWS_PROFILE`);
  }
}

/** The house's own template has a variant, which the CDK of others does not replace. */
async function checkBootstrap({ account, site, facts }: Recovery, region: string): Promise<void> {
  const stack = await findStack(account.cloudFormation(region), 'CDKToolkit');
  const found = stack?.Parameters?.find(({ ParameterKey }) => ParameterKey === 'BootstrapVariant')?.ParameterValue;
  const isComplete = /^(?:CREATE|UPDATE)_COMPLETE$/.test(stack?.StackStatus ?? '');
  if (found === variant && isComplete) return;
  const got = stack === undefined ? 'no stack' : `one of "${found ?? 'another template'}" in ${stack.StackStatus}`;
  const { deployment, settings } = site();
  const name = region === settings.region ? 'home' : 'recovery';
  throw new ToolError(
    `bootstrap of ${region}: expected the stack CDKToolkit of npm run bootstrap, got ${got}; run npm run bootstrap -- --deployment ` +
      `${deployment} --site ${name} --account ${facts.accountId} --out bootstrap.json, the command that it prints, and this one again`,
  );
}
