// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `tunnel-watch`. */
export interface TunnelWatchEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** Id of the Site-to-Site VPN connection. */
  readonly CONNECTION: string;
  /** Algorithms that a tunnel may have, as in `ikev2;AES256-GCM-16;SHA2-384,SHA2-512;19,20,21`. */
  readonly ALGORITHMS: string;
  /** Days after which a pre-shared key is reported, in digits. */
  readonly KEY_DAYS: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const forms: Forms<TunnelWatchEnvironment> = {
  DEPLOYMENT: deploymentName,
  CONNECTION: [/^vpn-[0-9a-f]+$/, 'the id of a Site-to-Site VPN connection'],
  ALGORITHMS: [/^ikev2;[A-Z0-9-]+(?:,[A-Z0-9-]+)*;SHA2-\d{3}(?:,SHA2-\d{3})*;\d+(?:,\d+)*$/, 'four lists of algorithms'],
  KEY_DAYS: [/^(?:[1-9]\d?|[12]\d\d|3[0-5]\d|36[0-5])$/, 'a number from 1 to 365'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): TunnelWatchEnvironment => readVariables(from, forms, 'deploy the access stack again');
