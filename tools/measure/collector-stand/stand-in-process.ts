// The stream's stand-in as a process of its own, so that its time is not counted; reports its port to the parent.
import { startStandIn } from './stand-in';

void startStandIn().then(({ port }) => process.send?.(port));
process.on('disconnect', () => process.exit());
