// Decides each new connection of the Client VPN, which denies it if the function fails or takes 30 seconds.
import { S3Client } from '@aws-sdk/client-s3';
import { S3Objects } from '../../../runtime/object-store';
import { connectionHandler } from '../../../runtime/vpn/connection';
import { RegistryStore } from '../../../runtime/vpn/registry-store';
import { readEnvironment } from './env';

const environment = readEnvironment(process.env);
const { DEPLOYMENT: deployment, METRIC_NAMESPACE: namespace, REGISTRY_BUCKET, REGISTRY_KEY, ADDRESSES, SIGN_IN } = environment;

/** In milliseconds; three attempts end before the timeout of the function. */
const requestHandler = { connectionTimeout: 2000, requestTimeout: 5000, throwOnRequestTimeout: true };
const s3 = new S3Client({ maxAttempts: 3, requestHandler });
const registry = new RegistryStore(new S3Objects(s3, REGISTRY_BUCKET), REGISTRY_KEY, `s3://${REGISTRY_BUCKET}/${REGISTRY_KEY}`);

/** The registry is read for each connection: a revocation holds from the next one on. */
export const handler = connectionHandler({
  addresses: ADDRESSES === 'any' ? 'any' : ADDRESSES.split(','),
  isFederated: SIGN_IN === 'federated',
  registry: () => registry.read(),
  now: () => new Date(),
  // Not `console.log`, whose lines have no metrics in Lambda.
  write: (line) => void process.stdout.write(`${line}\n`),
  metrics: { deployment, namespace },
});
