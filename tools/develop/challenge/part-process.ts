// A part of the challenges in a process of its own. Answers a request with the result, by messages.
import { type PartRequest, runPart } from './parts';

process.once('message', (request: PartRequest) => {
  process.send?.(runPart(request), () => process.disconnect());
});
