// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `connection-handler`. */
export interface ConnectionHandlerEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** Bucket with the registry of the VPN's certificates. */
  readonly REGISTRY_BUCKET: string;
  /** Key of the registry in the bucket. */
  readonly REGISTRY_KEY: string;
  /** Public ranges from which people connect, as in `192.0.2.0/24,198.51.100.7/32`; `any` for every address. */
  readonly ADDRESSES: string;
  /** Whether people sign in beside their certificate: `federated` or `none`. */
  readonly SIGN_IN: string;
  /** CloudWatch namespace of the function's metrics. */
  readonly METRIC_NAMESPACE: string;
}

const forms: Forms<ConnectionHandlerEnvironment> = {
  DEPLOYMENT: deploymentName,
  REGISTRY_BUCKET: [/^[a-z0-9.-]+$/, 'the name of a bucket'],
  REGISTRY_KEY: [/^\S+$/, 'the key of an object'],
  ADDRESSES: [/^(?:any|[\d.]+\/\d+(?:,[\d.]+\/\d+)*)$/, 'ranges in CIDR notation, or any'],
  SIGN_IN: [/^(?:federated|none)$/, 'federated or none'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): ConnectionHandlerEnvironment =>
  readVariables(from, forms, 'deploy the access stack again');
