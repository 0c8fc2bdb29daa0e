// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `open-port-guard`. */
export interface OpenPortGuardEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** Id of the VPC whose security groups the function guards. */
  readonly VPC: string;
  /** Id of the security group of the proxies, which admits the internet on 80 and 443. */
  readonly PROXY_GROUP: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const forms: Forms<OpenPortGuardEnvironment> = {
  DEPLOYMENT: deploymentName,
  VPC: [/^vpc-[0-9a-f]+$/, 'the id of a VPC'],
  PROXY_GROUP: [/^sg-[0-9a-f]+$/, 'the id of a security group'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): OpenPortGuardEnvironment => readVariables(from, forms, 'deploy the access stack again');
