// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `revocation-list`. */
export interface RevocationListEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** ARN of the key of the certificate authority. */
  readonly AUTHORITY_KEY: string;
  /** Bucket with the registry of the VPN's certificates. */
  readonly REGISTRY_BUCKET: string;
  /** Key of the registry in the bucket. */
  readonly REGISTRY_KEY: string;
  /** Id of the Client VPN endpoint. */
  readonly ENDPOINT: string;
  /** CloudWatch namespace of the function's metrics. */
  readonly METRIC_NAMESPACE: string;
}

const forms: Forms<RevocationListEnvironment> = {
  DEPLOYMENT: deploymentName,
  AUTHORITY_KEY: [/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, 'the ARN of a key'],
  REGISTRY_BUCKET: [/^[a-z0-9.-]+$/, 'the name of a bucket'],
  REGISTRY_KEY: [/^\S+$/, 'the key of an object'],
  ENDPOINT: [/^cvpn-endpoint-[0-9a-f]+$/, 'the id of a Client VPN endpoint'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): RevocationListEnvironment => readVariables(from, forms, 'deploy the access stack again');
