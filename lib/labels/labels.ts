// What a construct says about itself: the clauses it serves, how its data is classified, who owns it.
import { Aspects, CfnResource, type IAspect, Tags } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Site } from '../config/site';
import type { ClauseId } from '../tom/clause-id';

/** The fixed list of classifications (DSS-5.4.1). */
export const classifications = ['public', 'internal', 'confidential', 'personal'] as const;
export type Classification = (typeof classifications)[number];

/** Tag that carries the classification of the data in a resource (DSS-5.4.1). */
export const classificationTag = 'rempart:classification';

/** Tag that carries what a deployment is for, by which those of one kind are kept from the backups of another (TOM-7.4). */
export const environmentTag = 'rempart:environment';
/** Tag that names the one role of a server (TOM-6.8). */
export const roleTag = 'rempart:role';

/** Template metadata that names the clauses a resource serves. */
export const clauseMetadataKey = 'rempart:tom';

/** Says which clauses a construct, and all below it that does not say otherwise, serves. */
export function serves(construct: IConstruct, ...clauses: [ClauseId, ...ClauseId[]]): void {
  construct.node.addMetadata(clauseMetadataKey, clauses);
}

/** Says which clause a construct serves besides those of what it stands in. */
export function alsoServes(construct: IConstruct, clause: ClauseId): void {
  serves(construct, clause, ...(clausesOf(construct.node.scope) ?? []));
}

/** Labels the data that a construct holds (DSS-5.4.1). */
export function classify(construct: IConstruct, classification: Classification): void {
  Tags.of(construct).add(classificationTag, classification);
}

/**
 * Types that are replaced when one of their tags changes (a test compares with the service specification): a query log configuration is
 * refused under the name that the old one still has, and a placement group cannot go while servers are in it. Neither holds data.
 */
const replacedByTags = ['AWS::EC2::PlacementGroup', 'AWS::Route53Resolver::ResolverQueryLoggingConfig'];

/**
 * The tags that every resource of a deployment carries; a resource that holds data overrides the classification. What the configuration
 * can change is left out where the change would replace.
 */
export function tagDeployment(scope: IConstruct, site: Site): void {
  const changeable = { excludeResourceTypes: replacedByTags };
  Tags.of(scope).add('rempart:deployment', site.deployment);
  Tags.of(scope).add(environmentTag, site.settings.environment, changeable);
  Tags.of(scope).add('rempart:owner', site.settings.owner, changeable);
}

/** Writes the clauses of the nearest construct that names some into each resource's template metadata. */
class ClauseMetadata implements IAspect {
  visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node)) return;
    const clauses = clausesOf(node);
    if (clauses) node.addMetadata(clauseMetadataKey, clauses);
  }
}

export function writeClauseMetadata(scope: IConstruct): void {
  Aspects.of(scope).add(new ClauseMetadata());
}

function clausesOf(node: IConstruct | undefined): readonly ClauseId[] | undefined {
  for (let at = node; at; at = at.node.scope) {
    const entries = at.node.metadata.filter((entry) => entry.type === clauseMetadataKey);
    if (entries.length > 0) return entries.flatMap((entry) => entry.data as ClauseId[]);
  }
  return undefined;
}
