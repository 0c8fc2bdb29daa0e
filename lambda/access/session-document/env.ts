// Environment contract between construct and handler.
import { deploymentName, type Forms, metricNamespace, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `session-document`. */
export interface SessionDocumentEnvironment {
  /** The deployment, as in `production`. */
  readonly DEPLOYMENT: string;
  /** ARN of the permissions boundary of the deployment at this site, whose tag holds its claim to the document. */
  readonly BOUNDARY: string;
  /** Inputs of the session document of the deployment, as JSON ("Session document schema"). */
  readonly INPUTS: string;
  /** CloudWatch namespace of the probes' metrics. */
  readonly METRIC_NAMESPACE: string;
}

const forms: Forms<SessionDocumentEnvironment> = {
  DEPLOYMENT: deploymentName,
  BOUNDARY: [/^arn:[a-z-]+:iam::\d{12}:policy\/[\w-]+-boundary-[a-z0-9-]+$/, 'the ARN of a permissions boundary'],
  INPUTS: [/^\{.*"idleSessionTimeout":"\d{1,2}".*"maxSessionDuration":"\d{1,4}".*\}$/, 'the inputs of a session document as JSON'],
  METRIC_NAMESPACE: metricNamespace,
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): SessionDocumentEnvironment => readVariables(from, forms, 'deploy the access stack again');
