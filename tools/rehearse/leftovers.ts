// Part 3 of the rehearsal, order: what a failed creation leaves behind does not stop the next one.
import type { Assembly } from '../../lib/tom/template/assembly';
import { nameOf } from '../../lib/tom/template/names';
import { bucketType } from '../../lib/tom/template/resource-types';
import { deliveriesOf } from './deliveries';
import { fixedNames } from './references';
import type { Row } from './row';
import { StandIn } from './stand-in';

/**
 * A row for each bucket into which a resource of the same stack writes as soon as it exists, as load balancers and
 * trails do to test the delivery. The rollback of a failed creation cannot delete it: S3 refuses a bucket that is not
 * empty ("Deleting a general purpose bucket"). So the bucket is in an earlier stack, or it is kept and has no fixed
 * name, which the next attempt would find taken.
 */
export function leftoverRows(assembly: Assembly): readonly Row[] {
  const standIn = new StandIn(assembly);
  const writers = deliveriesOf(standIn).filter(({ action, on }) => action === 's3:PutObject' && on.type === bucketType);
  return writers.map(({ cause, on }): Row => {
    const bucket = nameOf(on, assembly.facts);
    const row = { part: 'order', subject: cause } as const;
    if (standIn.resource(cause)?.stack !== on.stack)
      return { ...row, outcome: 'ok', detail: `${bucket} is in another stack than what writes to it` };
    const [name] = fixedNames(on, assembly);
    const isKept = on.json.DeletionPolicy === 'Retain';
    if (isKept && name === undefined)
      return { ...row, outcome: 'ok', detail: `a failed creation leaves ${bucket} behind, without a fixed name` };
    const got = isKept ? `a kept bucket with the name ${name}, which the next attempt finds taken` : 'one that the rollback cannot delete';
    const detail = `writes to ${bucket} while their stack is created: expected a bucket of an earlier stack, got ${got}`;
    return { ...row, outcome: 'refused', detail, fix: 'create the bucket in a stack that is deployed before' };
  });
}
