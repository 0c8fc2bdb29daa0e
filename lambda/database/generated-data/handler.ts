// Custom resource of the data stack in staging and development: loads generated data after the migrations.
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { answerCloudFormation, type CustomResourceEvent, type InvocationContext } from '../../../runtime/custom-resource';
import { openDatabase } from '../../../runtime/open-database';
import { SecretsManagerReader } from '../../../runtime/secret-store';
import { readEnvironment } from './env';
import { loadGeneratedData } from './load';

const secrets = new SecretsManagerReader(new SecretsManagerClient({}));

export function handler(event: CustomResourceEvent, context: InvocationContext): Promise<void> {
  return answerCloudFormation(event, context, async () => {
    if (event.RequestType === 'Delete') return {};
    const environment = readEnvironment(process.env);
    const region = process.env.AWS_REGION ?? '';
    const maintenance = openDatabase({ ...environment, DATABASE_USER: 'rempart_maintenance' }, region, secrets);
    const application = openDatabase({ ...environment, DATABASE_USER: 'rempart_application' }, region, secrets);
    try {
      const amount = { seed: Number(environment.SEED), sites: Number(environment.SITES), hitsPerSite: Number(environment.HITS_PER_SITE) };
      return { ...(await loadGeneratedData(environment.ENVIRONMENT, maintenance, application, amount, new Date())) };
    } finally {
      await Promise.all([maintenance.close(), application.close()]);
    }
  });
}
