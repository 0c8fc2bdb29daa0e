// Starts a function by events, by schedule, or by both in one rule; events that EventBridge cannot deliver go to the
// dead letters.
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ControlFunction } from './control-function';

export interface EventRuleProps {
  /** Event that starts the function, as in `A collector reports a degraded array`. */
  readonly description: string;
  /**
   * Receives the events, and has the dead-letter queue. Its key must allow EventBridge, as the deployment's key does.
   */
  readonly control: ControlFunction;
  /** Events of the default bus ("Amazon EventBridge event patterns"). @default - none */
  readonly eventPattern?: Readonly<Record<string, unknown>>;
  /** Schedule expression of EventBridge, in UTC: `rate(15 minutes)`. @default - none */
  readonly scheduleExpression?: string;
  /** Maximum number and duration of the attempts of EventBridge to deliver an event to Lambda. */
  readonly retries: { readonly attempts: number; readonly age: Duration };
}

/** The library's rule does not support a pattern together with a schedule. */
export function startOnEvents(scope: Construct, { control, retries, ...props }: EventRuleProps): CfnRule {
  const rule = new CfnRule(scope, 'Rule', {
    ...props,
    targets: [
      {
        id: 'Function',
        arn: control.function.functionArn,
        deadLetterConfig: { arn: control.deadLetters.queueArn },
        retryPolicy: { maximumRetryAttempts: retries.attempts, maximumEventAgeInSeconds: retries.age.toSeconds() },
      },
    ],
  });
  const principal = new ServicePrincipal('events.amazonaws.com');
  control.function.addPermission('Rule', { principal, sourceArn: rule.attrArn });
  // "Using dead-letter queues to process undelivered events in EventBridge", permissions.
  control.deadLetters.addToResourcePolicy(
    new PolicyStatement({
      sid: 'UndeliveredEvents',
      principals: [principal],
      actions: ['sqs:SendMessage'],
      resources: [control.deadLetters.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
    }),
  );
  return rule;
}
