// The key of the replica of the archive, in the region of the copies.
import type { Construct } from 'constructs';
import { replicaKeyAlias } from '../config/replica-names';
import type { Site } from '../config/site';
import { classify, serves } from '../labels/labels';
import { onlyADeploymentEnds } from './key-statements';
import { RotatedKey } from './rotated-key';

export interface ReplicaKeyProps {
  readonly site: Site;
}

/**
 * S3 encrypts the replicas with it, by the permissions of the role that replicates. It is not the key of the copies:
 * a site that is recovered reads the replica, and a permission for that opens no backup. The archive names the key by
 * its alias, since its id is known in the other region only. (DSS-5.4.2, TOM-5.5, TOM-7.4)
 */
export class ReplicaKey extends RotatedKey {
  constructor(scope: Construct, id: string, { site }: ReplicaKeyProps) {
    super(scope, id, { alias: replicaKeyAlias(site), description: `Encrypts the replica of the archive of ${site.deployment}` });
    this.addToResourcePolicy(onlyADeploymentEnds(this));
    serves(this, 'DSS-5.4.2', 'TOM-5.5', 'TOM-7.4');
    classify(this, 'personal');
  }
}
