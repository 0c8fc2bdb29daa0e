// Rules about the collector fleet.
import type { Rule } from '../../rule';
import { collectorsBehindProxies } from './collectors-behind-proxies';
import { distinctHardware } from './distinct-hardware';
import { firstServers } from './first-servers';
import { fleetScaling } from './fleet-scaling';
import { instanceMetadata } from './instance-metadata';
import { losslessCollectors } from './lossless-collectors';
import { mirroredDisks } from './mirrored-disks';
import { redundantFleets } from './redundant-fleets';
import { singleTaskServers } from './single-task-servers';

export const collectionRules: readonly Rule[] = [
  collectorsBehindProxies,
  distinctHardware,
  firstServers,
  fleetScaling,
  instanceMetadata,
  losslessCollectors,
  mirroredDisks,
  redundantFleets,
  singleTaskServers,
];
