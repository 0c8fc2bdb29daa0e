// Rules about the collector fleet.
import type { Rule } from '../../rule';
import { collectorsBehindProxies } from './collectors-behind-proxies';
import { declaredPackages } from './declared-packages';
import { distinctHardware } from './distinct-hardware';
import { firstServers } from './first-servers';
import { fleetScaling } from './fleet-scaling';
import { hostAudit } from './host-audit';
import { hostPatches } from './host-patches';
import { instanceMetadata } from './instance-metadata';
import { losslessCollectors } from './lossless-collectors';
import { mirroredDisks } from './mirrored-disks';
import { redundantFleets } from './redundant-fleets';
import { singleTaskServers } from './single-task-servers';

export const collectionRules: readonly Rule[] = [
  collectorsBehindProxies,
  declaredPackages,
  distinctHardware,
  firstServers,
  fleetScaling,
  hostAudit,
  hostPatches,
  instanceMetadata,
  losslessCollectors,
  mirroredDisks,
  redundantFleets,
  singleTaskServers,
];
