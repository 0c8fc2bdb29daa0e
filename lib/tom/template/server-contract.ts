// What the servers of the fleet and the templates share: names, ports and folders that rules and declarations read.

/** Port on which collectors listen. (TOM-6.8) */
export const collectorPort = 8080;

/** Mount point of the mirrored disks (services/collector/host/disks.sh). (TOM-6.2) */
export const spoolFolder = '/var/spool/collector';

/** Names of the lifecycle hooks that a server completes. (TOM-6.9) */
export const hookNames = { launch: 'ready', termination: 'drained' } as const;

/** Device names of the data disks, in pairs ("Device names for volumes on Amazon EC2 instances"). */
export const dataDevices = ['sdf', 'sdg', 'sdh', 'sdi'] as const;

/**
 * Partitions of a zone at most ("Placement strategies"), and at most two for dedicated instances. With more partitions
 * no server starts. (DSS-5.6.4)
 */
export const mostPartitions = { shared: 7, dedicated: 2 } as const;

/** User of shells on servers, who has no root (services/collector/host/boot.sh). (TOM-3.1) */
export const shellUser = 'shell';
