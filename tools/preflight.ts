// npm run preflight: compares an account with what a deployment needs of it, before the deployment does.
import { runTool, ToolError, UsageError } from './command-line';
import { configuredSite } from './configured-site';
import { openAccount } from './preflight/account';
import { type Line, linesOf } from './preflight/line';
import { checksOf } from './preflight/preflight';
import { table } from './preflight/print';
import { readStacks } from './synthesis/assembly';
import { synthesize } from './synthesis/synthesize';
import { withTemporaryFolder } from './synthesis/synthesize-sites';

const usage = `npm run preflight -- [options]

Compares the account of the current credentials with what a deployment needs: bootstrap, stacks that an earlier deployment left, quotas,
settings that exist once per account, names in use, and facts that exist only in an account. Makes read-only calls; the managed policy
ReadOnlyAccess is enough (it contains iam:SimulatePrincipalPolicy, for the sign-ins of roles to the database). Run it before the first
deployment, and again an hour after it for the checks that it shows as later.

  --deployment NAME   the deployment, a file in config/ (production)
  --site NAME         home or recovery (home)
  --json              print the lines as JSON
  --help              print this text

Exit code: 0 if nothing needs a change, 1 if something does or cannot be read, 2 for a mistake in the command line.`;

const options = { deployment: { type: 'string' }, site: { type: 'string' }, json: { type: 'boolean' } } as const;

runTool({ usage, options }, async ({ deployment = 'production', site: siteName = 'home', json = false }) => {
  if (siteName !== 'home' && siteName !== 'recovery')
    throw new UsageError(`--site: expected home or recovery, got ${siteName}; choose one`);
  const site = configuredSite({ deployment, site: siteName, today: new Date() });
  const account = await openAccount(site.region, site.settings.account);
  const lines = await withTemporaryFolder('preflight', async (folder) => {
    console.error(`synthesizing ${deployment} at its ${siteName} site`);
    const { status, stderr } = await synthesize({ deployment, site: siteName, outdir: folder, validation: false });
    if (status !== 0) throw new ToolError(`synth: expected templates that break no promise, got exit code ${status}; see below\n${stderr}`);
    const found: Line[] = [];
    for (const check of checksOf(account, readStacks(folder), site)) {
      console.error(`checking ${check.name}`);
      found.push(...(await linesOf(check)));
    }
    return found;
  });
  console.log(json ? JSON.stringify(lines, null, 2) : table(lines));
  return lines.some(({ verdict }) => verdict === 'change' || verdict === 'unknown') ? 1 : 0;
});
