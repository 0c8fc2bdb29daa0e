// A part of the challenges in a process of its own. Answers a request with the result, by messages.
import { type PartRequest, runPart, uniquePart } from './parts';

process.once('message', (request: PartRequest) => {
  process.send?.(request.unique ? uniquePart(request) : runPart(request), () => process.disconnect());
});
