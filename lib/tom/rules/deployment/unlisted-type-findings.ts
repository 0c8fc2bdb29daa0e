// The finding for a resource type that the template model does not list.
import { type Finding, finding } from '../../rule';
import type { Resource } from '../../template/assembly';

/** An unlisted type may store data, so that the rules about stores cannot pass it. */
export const unlistedTypeFinding = (resource: Resource): Finding =>
  finding(
    resource,
    'type',
    '',
    'a type that lib/tom/template/resource-types.ts lists',
    'Add the type to the list of its kind in lib/tom/template/resource-types.ts.',
  );
