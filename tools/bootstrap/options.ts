// The command line of npm run bootstrap.
import type { Site } from '../../lib/config/site';
import { UsageError } from '../command-line';
import { type Target, trustedBy } from './names';

export const usage = `npm run bootstrap -- --out FILE [options]

Writes the bootstrap template of a deployment for the CDK: its execution role has a boundary, and its roles trust the deployer of the
deployment and named administrators alone. The command that it prints creates or updates the stack CDKToolkit. Needs no credentials.

  --deployment NAME      the deployment, a file in config/ (production)
  --site NAME            home or recovery (home)
  --account ID           the account, twelve digits, unless the configuration names it
  --administrator ARN    IAM role or user of the account that deploys before the deployer exists; several times for several
  --out FILE             file for the template
  --json                 print the result as JSON
  --help                 print this text

Exit code: 0 done, 1 if the file cannot be written, 2 for a mistake in the command line.`;

export const options = {
  deployment: { type: 'string' },
  site: { type: 'string' },
  account: { type: 'string' },
  administrator: { type: 'string', multiple: true },
  out: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** The account and region of the command line. */
export function targetOf(site: Site, given: string | undefined, administrators: readonly string[] = []): Target {
  const configured = site.settings.account;
  const account = given ?? configured;
  if (account === undefined || !/^\d{12}$/.test(account)) {
    throw new UsageError(`--account: expected twelve digits, got ${given ?? 'none'}; name the account`);
  }
  if (configured !== undefined && account !== configured) {
    throw new UsageError(`--account: expected ${configured} as configured, got ${account}; leave it out, or correct the configuration`);
  }
  for (const arn of administrators) checkAdministrator(arn, account);
  const target = { site, account, administrators };
  if (trustedBy(target).length > 0) return target;
  throw new UsageError('--administrator: expected an ARN where the configuration has no access.deployer, got none; nobody could deploy');
}

function checkAdministrator(arn: string, account: string): void {
  const [, owner] = /^arn:aws:iam::(\d{12}):(?:role|user)\/[\w+=,.@/-]+$/.exec(arn) ?? [];
  if (owner === account) return;
  throw new UsageError(
    `--administrator: expected the ARN of a role or user of the account ${account}, got ${arn}; no other account deploys`,
  );
}
