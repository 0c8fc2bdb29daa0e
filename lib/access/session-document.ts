// SSM-SessionManagerRunShell, the document of the account for sessions that name none: set at deployment, read back
// every hour with that of the deployment, restored with the last deployment.
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { CustomResource, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { calls } from '../../lambda/access/session-document/calls';
import type { SessionDocumentEnvironment } from '../../lambda/access/session-document/env';
import { sessionDocumentType } from '../config/custom-resource-types';
import { probeMetrics } from '../config/metrics';
import { boundaryName } from '../config/names';
import type { Site } from '../config/site';
import { callStatements } from '../functions/call-statements';
import { ControlFunction } from '../functions/control-function';
import type { FirstDatapoints } from '../functions/first-datapoint';
import { scheduleFunction } from '../functions/schedule';
import { accountInFindings, acknowledgeWildcard } from '../labels/exceptions';
import { serves } from '../labels/labels';
import { alarmOnRuns } from './probe-alarms';
import type { SessionService } from './session-service';

export interface SessionDocumentProps {
  readonly site: Site;
  /** Encrypts environment, log and dead letters. (TOM-5.5) */
  readonly key: IKey;
  readonly firstDatapoints: FirstDatapoints;
  /** Notifies people of drift and of missed runs. (TOM-3.4) */
  readonly alarmTopic: ITopic;
  /** Its settings are those of the document, which names its log. */
  readonly sessions: SessionService;
}

/**
 * An account has one such document in each region, and several deployments can share both. Each has a claim with its
 * times at its permissions boundary; the shortest times apply, and sessions go to the log of the deployment that set
 * the document first. The versions from before the first claim are handed on, and the deletion of the last deployment
 * restores them. The document of the deployment, which its stack creates, is read back too. Changing an input is an
 * update. (TOM-3.1, TOM-3.3, TOM-3.6)
 */
export class SessionDocument extends Construct {
  constructor(scope: Construct, id: string, props: SessionDocumentProps) {
    super(scope, id);
    serves(this, 'TOM-3.1', 'TOM-3.3', 'TOM-3.6');
    const { site, key } = props;
    const environment = this.environment(props);
    const control = this.controlFunction(props, environment);
    const documentSet = new CustomResource(this, 'Set', {
      resourceType: sessionDocumentType,
      serviceToken: control.function.functionArn,
      // The time of an hourly run in progress and of its own.
      serviceTimeout: Duration.minutes(6),
      properties: { Inputs: environment.INPUTS },
    });
    // The runs follow it, and create the document of the deployment where it is missing: they begin after that
    // document, and end before it.
    documentSet.node.addDependency(control.permissions, props.sessions.log, props.sessions.document);
    const schedule = scheduleFunction(this, {
      site,
      control,
      key,
      name: 'session-document',
      starts: 'the watch over the session document',
      description: 'Hourly watch over the session documents of the account and of the deployment',
      expression: 'rate(1 hour)',
      retries: { attempts: 5, age: Duration.hours(1) },
    });
    schedule.node.addDependency(documentSet);
    alarmOnRuns(this, {
      ...props,
      control,
      probe: 'session-document',
      after: [documentSet],
      findings: {
        id: 'SessionDocumentDrifted',
        description:
          'A session document, of the account or of the deployment, was weaker than the deployment demands, and was set again (TOM-3.6).',
        severity: 'ticket',
        period: Duration.hours(1),
      },
      silence: {
        id: 'SessionWatchOverdue',
        description: 'The watch over the session document has not completed for 6 hours: a weaker document would go unnoticed (TOM-3.6).',
        severity: 'ticket',
        period: Duration.hours(2),
        periods: 3,
      },
    });
  }

  private environment({ site, sessions }: SessionDocumentProps): SessionDocumentEnvironment {
    const stack = Stack.of(this);
    return {
      DEPLOYMENT: site.deployment,
      BOUNDARY: stack.formatArn({ service: 'iam', region: '', resource: 'policy', resourceName: boundaryName(site) }),
      INPUTS: stack.toJsonString(sessions.inputs),
      METRIC_NAMESPACE: probeMetrics.namespace,
    };
  }

  private controlFunction({ site, key }: SessionDocumentProps, environment: SessionDocumentEnvironment): ControlFunction {
    const control = new ControlFunction(this, 'Function', {
      site,
      control: 'session-document',
      description: 'Sets the session document of the account, corrects drift every hour, and restores the former one at the end',
      environment: { ...environment },
      key,
      permissions: callStatements(this, calls, { site }),
      timeout: Duration.minutes(2),
      // One at a time: an hourly run would correct the document that a deletion restores.
      reservedConcurrency: 1,
    });
    acknowledgeWildcard(control.permissions, { resource: '*', reason: 'The list of policies has no ARN; it is only read.' });
    acknowledgeWildcard(control.permissions, {
      resource: `arn:aws:iam::${accountInFindings(site)}:policy/*-boundary-*`,
      reason: 'The action only reads; the names of other deployments of the account are not in the templates of this one.',
    });
    return control;
  }
}
