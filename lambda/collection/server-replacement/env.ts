// Environment contract between construct and handler.
import { type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `server-replacement`. */
export interface ServerReplacementEnvironment {
  /** Name of the auto scaling group whose servers the function replaces. */
  readonly GROUP: string;
  /** CloudWatch namespace of the servers' metrics. */
  readonly NAMESPACE: string;
  /** Metric that is 1 where an array lacks a disk; its dimensions are AutoScalingGroupName and InstanceId. */
  readonly METRIC: string;
}

const forms: Forms<ServerReplacementEnvironment> = {
  GROUP: [/^[\w-]{1,255}$/, 'the name of an auto scaling group'],
  NAMESPACE: metricNamespace,
  METRIC: [/^[A-Za-z]\w{0,254}$/, 'the name of a metric'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): ServerReplacementEnvironment =>
  readVariables(from, forms, 'deploy the collection stack again');
