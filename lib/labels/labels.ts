// Labels of constructs: the clauses that they serve, the classification of their data, their owner.
import { Aspects, CfnResource, type IAspect, Tags } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import type { Site } from '../config/site';
import type { ClauseId } from '../tom/clause-id';
import { deploymentTag } from './backup';

/** The fixed list of classifications (DSS-5.4.1). */
export const classifications = ['public', 'internal', 'confidential', 'personal'] as const;
export type Classification = (typeof classifications)[number];

/** Tag with the classification of the data in a resource (DSS-5.4.1). */
export const classificationTag = 'rempart:classification';

/**
 * Tag with the environment of a deployment; the boundary denies access to backups of other environments by it
 * (TOM-7.4).
 */
export const environmentTag = 'rempart:environment';
/** Tag with the one role of a server (TOM-6.8). */
export const roleTag = 'rempart:role';

/** Template metadata that names the clauses a resource serves. */
export const clauseMetadataKey = 'rempart:tom';

/**
 * Declares the clauses that a construct serves. They hold for its descendants, except those with a declaration of
 * their own. A rule of each clause concerns a resource of the construct (test/lib/labels/serves.test.ts).
 */
export function serves(construct: IConstruct, ...clauses: [ClauseId, ...ClauseId[]]): void {
  construct.node.addMetadata(clauseMetadataKey, clauses);
}

/** Labels the data that a construct holds (DSS-5.4.1). */
export function classify(construct: IConstruct, classification: Classification): void {
  Tags.of(construct).add(classificationTag, classification);
}

/**
 * Types that a change of tags replaces (a test compares them with the service specification). Route 53 Resolver
 * refuses a second query log configuration of the same name, and EC2 does not delete a placement group that contains
 * servers. Neither type holds data.
 */
const replacedByTags = ['AWS::EC2::PlacementGroup', 'AWS::Route53Resolver::ResolverQueryLoggingConfig'];

/**
 * Adds the tags of the deployment to every resource. Tags whose value the configuration can change are omitted on
 * types that a change of tags replaces.
 */
export function tagDeployment(scope: IConstruct, site: Site): void {
  const exceptReplaced = { excludeResourceTypes: replacedByTags };
  Tags.of(scope).add(deploymentTag, site.deployment);
  Tags.of(scope).add(environmentTag, site.settings.environment, exceptReplaced);
  Tags.of(scope).add('rempart:owner', site.settings.owner, exceptReplaced);
}

/** Writes the clauses of the nearest declaration into the template metadata of each resource. */
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

function clausesOf(node: IConstruct): readonly ClauseId[] | undefined {
  for (let at: IConstruct | undefined = node; at; at = at.node.scope) {
    const entries = at.node.metadata.filter((entry) => entry.type === clauseMetadataKey);
    if (entries.length > 0) return entries.flatMap((entry) => entry.data as ClauseId[]);
  }
  return undefined;
}
