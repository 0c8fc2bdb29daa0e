// Every flow of a deployment.
import { accessFlows } from './access';
import { backupFlows } from './backup';
import { collectionFlows } from './collection';
import { dataFlows } from './data';
import { edgeFlows } from './edge';
import type { Flow, FlowSettings } from './flow';
import { reservedFlows } from './reserved';

export const flowsOf = (settings: FlowSettings): readonly Flow[] => [
  ...edgeFlows,
  ...accessFlows(settings),
  ...collectionFlows(settings),
  ...dataFlows(settings),
  ...backupFlows,
  ...reservedFlows(settings),
];
