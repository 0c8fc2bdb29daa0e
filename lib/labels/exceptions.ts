// Exceptions from rules: acknowledged findings with reason, owner and expiry date, and clauses that a configuration
// does not meet.
import { Validations } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Site } from '../config/site';
import type { ClauseId } from '../tom/clause-id';

export interface Exception {
  /**
   * Pack, rule and finding, as in `AwsSolutions::AwsSolutions-IAM5[Resource::*]`. The pack prefix keeps it in the
   * report.
   */
  readonly id: `${string}::${string}`;
  /** Why the finding is acceptable here: a sentence. */
  readonly reason: string;
  /** The team that is responsible for the exception. */
  readonly owner: string;
  /** Date on which the exception ends, as in 2027-06-30; a test fails from that date on. */
  readonly expires: string;
}

/** Metadata key of exceptions on their construct; a test checks their terms. */
export const exceptionMetadataKey = 'rempart:exception';

/** Acknowledges findings; `construct` is the narrowest one that has them. */
export function acknowledge(construct: IConstruct, ...exceptions: [Exception, ...Exception[]]): void {
  for (const exception of exceptions) {
    const { id, reason, owner, expires } = exception;
    Validations.of(construct).acknowledge({ id, reason: `${reason} (owner: ${owner}, until ${expires})` });
    construct.node.addMetadata(exceptionMetadataKey, exception);
  }
}

/** Terms of the platform's standing exceptions: one owner, and one day by which all of them are reviewed. */
const standing = { owner: 'platform', expires: '2027-05-31' } as const;

/** The compliance packs, which use one name for a rule that they share. */
const compliancePacks = ['NIST.800.53.R5', 'HIPAA.Security', 'PCI.DSS.321'] as const;

export interface SharedRuleException {
  /** Rule without its pack, as in `LambdaInsideVPC`. */
  readonly rule: string;
  readonly reason: string;
  /** The packs that have the rule. @default all */
  readonly packs?: readonly (typeof compliancePacks)[number][];
}

export interface WildcardException {
  /** ARN pattern as AwsSolutions reports it: `*`, or an ARN with {@link accountInFindings}. */
  readonly resource: string;
  readonly reason: string;
}

/** Acknowledges one finding as a standing exception of the platform. */
export function acknowledgeStanding(construct: IConstruct, exception: Pick<Exception, 'id' | 'reason'>): void {
  acknowledge(construct, { ...exception, ...standing });
}

/** Acknowledges a rule that several compliance packs share, as a standing exception of the platform. */
export function acknowledgeInPacks(construct: IConstruct, { rule, reason, packs = compliancePacks }: SharedRuleException): void {
  for (const pack of packs) acknowledgeStanding(construct, { id: `${pack}::${pack}-${rule}`, reason });
}

/** Acknowledges a wildcard in the resources of a policy, as a standing exception of the platform. */
export function acknowledgeWildcard(policy: IConstruct, { resource, reason }: WildcardException): void {
  acknowledgeStanding(policy, { id: `AwsSolutions::AwsSolutions-IAM5[Resource::${resource}]`, reason });
}

/**
 * The account as findings of AwsSolutions contain it: its number, or the pseudo parameter of a deployment without a
 * fixed account.
 */
export function accountInFindings({ settings }: Site): string {
  return settings.account ?? '<AWS::AccountId>';
}

/** Metadata key of a clause that the configuration does not meet, outside production. */
const notMetMetadataKey = 'rempart:not-met';

export interface NotMet {
  readonly clause: ClauseId;
  /** The rule with the findings, as in `egress-per-zone`; the other rules of the clause are not affected. */
  readonly rule: string;
  /** The configuration key, and the missing part. */
  readonly reason: string;
}

/**
 * Declares that, by configuration, this construct does not meet a clause: findings are reported as not met and do not
 * fail the synthesis.
 */
export function declareNotMet(construct: IConstruct, notMet: NotMet): void {
  construct.node.addMetadata(notMetMetadataKey, notMet);
}

/** The declaration for `rule` on `construct` or its nearest ancestor, if any. */
export function notMetBy(construct: IConstruct, rule: string): NotMet | undefined {
  return nearestMetadata<NotMet>(construct, notMetMetadataKey, (notMet) => notMet.rule === rule);
}

/** The exception for finding `id` on `construct` or its nearest ancestor, if any. */
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

/** Every clause that a construct below `root` declares as not met. */
export function notMetIn(root: IConstruct): readonly NotMet[] {
  return root.node
    .findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === notMetMetadataKey).map(({ data }) => data as NotMet));
}
