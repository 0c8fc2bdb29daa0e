// Which stores are backed up, and why others are not.
import { CfnResource, Tags } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** Tag by which the plans select a store. (DSS-5.4.2) */
export const backupTag = 'rempart:backup';
/** Its one value. */
export const dailyBackup = 'daily';
/** Tag with the deployment of a resource. */
export const deploymentTag = 'rempart:deployment';

/** Template metadata with the reason why a store is not backed up. */
export const notBackedUpKey = 'rempart:not-backed-up';

/** Selects a store for the daily backup. Removing it ends the backups of the store; the points stay for their days. */
export function backUp(store: CfnResource): void {
  Tags.of(store).add(backupTag, dailyBackup);
}

/**
 * Leaves a store out of the backups, with the reason: a sentence that lib/tom/world/backup-stores.ts lists too.
 * (DSS-5.4.2)
 */
export function leaveOutOfBackups(store: IConstruct, reason: string): void {
  const resource = CfnResource.isCfnResource(store) ? store : store.node.defaultChild;
  if (!CfnResource.isCfnResource(resource))
    throw new Error(`${store.node.path}: expected a resource, got a construct without one; pass it`);
  resource.addMetadata(notBackedUpKey, reason);
}
