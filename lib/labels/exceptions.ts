// Exceptions from rules: acknowledged findings with reason, owner and expiry, and promises a configuration leaves unmet.
import { Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { ClauseId } from '../tom/clause-id';

export interface Exception {
  /** Pack, rule and finding, as in `AwsSolutions::AwsSolutions-IAM5[Resource::*]`. The pack prefix keeps it in the report. */
  readonly id: `${string}::${string}`;
  /** Why the finding is acceptable here: a sentence. */
  readonly reason: string;
  /** The team that answers for the exception. */
  readonly owner: string;
  /** The day it ends, as in 2027-06-30; a test fails from that day on. */
  readonly expires: string;
}

/** Metadata under which exceptions are kept on their construct, for the test that holds them to their terms. */
export const exceptionMetadataKey = 'rempart:exception';

/** Acknowledges one finding on the narrowest construct that has it. */
export function acknowledge(construct: IConstruct, ...exceptions: [Exception, ...Exception[]]): void {
  for (const exception of exceptions) {
    const { id, reason, owner, expires } = exception;
    Validations.of(construct).acknowledge({ id, reason: `${reason} (owner: ${owner}, until ${expires})` });
    construct.node.addMetadata(exceptionMetadataKey, exception);
  }
}

/** Metadata that marks a promise which the configuration leaves unmet outside production. */
const notMetMetadataKey = 'rempart:not-met';

export interface NotMet {
  readonly clause: ClauseId;
  /** The control that will object, as in `egress-per-zone`; every other rule of the clause holds as always. */
  readonly rule: string;
  /** The configuration key, and what it leaves out. */
  readonly reason: string;
}

/** Declares that, by configuration, nothing below this construct keeps a clause: shown as not met instead of stopping the synth. */
export function declareNotMet(construct: IConstruct, notMet: NotMet): void {
  construct.node.addMetadata(notMetMetadataKey, notMet);
}

/** The promise that `construct`, or what it is part of, leaves unmet by configuration, if it is one that `rule` holds. */
export function notMetBy(construct: IConstruct, rule: string): NotMet | undefined {
  return nearestMetadata<NotMet>(construct, notMetMetadataKey, (notMet) => notMet.rule === rule);
}

/** The exception that covers finding `id` on `construct`, made there or on what it is part of. */
export function exceptionFor(construct: IConstruct, id: string): Exception | undefined {
  return nearestMetadata<Exception>(construct, exceptionMetadataKey, (exception) => exception.id === id);
}

function nearestMetadata<T>(construct: IConstruct, key: string, matches: (data: T) => boolean): T | undefined {
  for (const scope of construct.node.scopes.toReversed()) {
    const entry = scope.node.metadata.find(({ type, data }) => type === key && matches(data as T));
    if (entry) return entry.data as T;
  }
  return undefined;
}

/** Every promise that some construct below `root` leaves unmet by configuration. */
export function notMetIn(root: IConstruct): readonly NotMet[] {
  return root.node
    .findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === notMetMetadataKey).map(({ data }) => data as NotMet));
}
