// The CDK app: loads the configuration, builds the deployment, attaches the rule packs. No resources.
import { ConfigurationError, loadSite } from '../lib/config/load';

/** Builds and validates one deployment at one site: `-c deployment=production -c site=home`. */
async function main(): Promise<void> {
  const { deployment = 'production', site: siteName = 'home', packTimes } = contextOfCli();
  const site = loadSite({ directory: 'config', deployment, site: siteName, today: new Date() });

  // Loaded only now: a broken configuration is reported at once and leaves nothing behind, not even the folder that
  // App creates.
  const { App } = await import('aws-cdk-lib/core');
  const { buildDeployment } = await import('../lib/deployment.ts');
  const { attachPacks } = await import('../lib/tom/packs.ts');

  const app = new App();
  buildDeployment(app, site);
  const packs = attachPacks(app, site);
  try {
    app.synth();
  } finally {
    packs.writeEvidence(app.outdir, { packTimes: packTimes !== undefined });
  }
}

/** The context that `cdk` passes to the app (cdk.json and `-c`), as App itself reads it. */
function contextOfCli(): Record<string, unknown> {
  if (process.env.CONTEXT_OVERFLOW_LOCATION_ENV) {
    throw new ConfigurationError([
      {
        where: 'cdk context',
        expected: 'a context that fits into an environment variable',
        got: 'one that cdk wrote to a file',
        todo: 'remove unused keys from cdk.json and cdk.context.json',
      },
    ]);
  }
  const context = JSON.parse(process.env.CDK_CONTEXT_JSON ?? '{}') as Record<string, unknown>;
  const [unknown, ...more] = Object.keys(context).filter((key) => !appKeys.includes(key) && !cdkKeys.test(key));
  // A typing error in `-c deployment=` must not deploy production.
  if (unknown !== undefined) throw new ConfigurationError([unknownKey(unknown), ...more.map(unknownKey)]);
  return context;
}

const appKeys = ['deployment', 'site', 'packTimes'];

/** Keys that cdk and its flags add to the context. */
const cdkKeys = /^(?:@aws-cdk|aws:|aws-cdk|acknowledged-issue-numbers$|cli-telemetry$)/;

const unknownKey = (key: string) => ({
  where: `-c ${key}`,
  expected: 'deployment or site',
  got: `"${key}"`,
  todo: 'use -c deployment=<name> or -c site=recovery; everything else is in config/',
});

main().catch((error: unknown) => {
  console.error(error instanceof ConfigurationError ? error.message : error);
  process.exitCode = 1;
});
