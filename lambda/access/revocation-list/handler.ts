// Keeps the revocation list of the Client VPN current: looks every day, renews once a week.
import { setTimeout as pause } from 'node:timers/promises';
import { EC2Client } from '@aws-sdk/client-ec2';
import { KMSClient } from '@aws-sdk/client-kms';
import { S3Client } from '@aws-sdk/client-s3';
import { S3Objects } from '../../../runtime/object-store';
import { ClientVpnEndpoint } from '../../../runtime/vpn/endpoint';
import { renewalHandler } from '../../../runtime/vpn/list-renewal';
import { RegistryStore } from '../../../runtime/vpn/registry-store';
import { KmsSigningKey } from '../../../runtime/vpn/signing-key';
import { readEnvironment } from './env';

const { DEPLOYMENT, AUTHORITY_KEY, REGISTRY_BUCKET, REGISTRY_KEY, ENDPOINT, METRIC_NAMESPACE } = readEnvironment(process.env);
const objects = new S3Objects(new S3Client({}), REGISTRY_BUCKET);

/** Lambda retries a run that failed twice; then its event is a dead letter, and the metric has no datapoint. */
export const handler = renewalHandler({
  deployment: DEPLOYMENT,
  namespace: METRIC_NAMESPACE,
  store: new RegistryStore(objects, REGISTRY_KEY, `s3://${REGISTRY_BUCKET}/${REGISTRY_KEY}`),
  key: new KmsSigningKey(new KMSClient({}), AUTHORITY_KEY),
  endpoint: new ClientVpnEndpoint(new EC2Client({ maxAttempts: 8 }), ENDPOINT),
  now: () => new Date(),
  write: (line) => void process.stdout.write(line),
  pause: (milliseconds) => pause(milliseconds),
});
