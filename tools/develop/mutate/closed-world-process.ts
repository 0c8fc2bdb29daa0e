// The closed-world run of one site in a process of its own. Answers a request with the result, by messages.
import { rules } from '../../../lib/tom/rules/all';
import { mutateEverything } from './closed-world';
import { type ClosedWorldRequest, subjectIn } from './subjects';

process.once('message', ({ only, ...place }: ClosedWorldRequest) => {
  process.send?.(mutateEverything(rules, subjectIn(place), only === undefined ? {} : { only }), () => process.disconnect());
});
