// Starts a function by events, by the clock, or by both in one rule; what EventBridge cannot hand over lies in the dead letters.
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Duration } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { ControlFunction } from './control-function';

export interface EventRuleProps {
  /** What starts the function, as in `A collector reports a degraded array`. */
  readonly description: string;
  /** Takes the events, and has the dead-letter queue. Its key must admit EventBridge, as the deployment's key does. */
  readonly control: ControlFunction;
  /** Events of the default bus ("Amazon EventBridge event patterns"). @default - none */
  readonly eventPattern?: Readonly<Record<string, unknown>>;
  /** As EventBridge takes it, in UTC: `rate(15 minutes)`. @default - none */
  readonly scheduleExpression?: string;
  /** How often, and for how long, EventBridge tries to hand an event over to Lambda. */
  readonly retries: { readonly attempts: number; readonly age: Duration };
}

/** The library's own rule has no pattern and schedule together. */
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
      sid: 'WhatTheRuleCannotHandOver',
      principals: [principal],
      actions: ['sqs:SendMessage'],
      resources: [control.deadLetters.queueArn],
      conditions: { ArnEquals: { 'aws:SourceArn': rule.attrArn } },
    }),
  );
  return rule;
}
