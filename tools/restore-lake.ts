// npm run restore:lake: a file of the lake that is gone comes back from a version of its object.
import { LambdaClient } from '@aws-sdk/client-lambda';
import { runTool } from './command-line';
import { configuredSite } from './configured-site';
import { options, restoreFile, usage } from './restore-lake/restore';

runTool({ usage, options }, (values) => {
  const site = configuredSite({ deployment: values.deployment ?? 'production', site: values.recovery === true ? 'recovery' : 'home' });
  return restoreFile(values, site, new LambdaClient({ region: site.region, maxAttempts: 1 }));
});
