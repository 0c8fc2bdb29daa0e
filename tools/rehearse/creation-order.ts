// The order in which CloudFormation creates the resources of a deployment.
import type { Assembly, Resource } from '../../lib/tom/template/assembly';
import type { Deployed } from './deployed';
import { dependencies } from './references';

/** What is created before what, by the dependencies within stacks and between them. */
export class CreationOrder {
  private readonly known = new Map<Resource, ReadonlySet<Resource>>();

  constructor(
    private readonly assembly: Assembly,
    private readonly earlier: Deployed['earlier'],
  ) {}

  /** Whether `first` exists before the creation of `second` begins. */
  isBefore(first: Resource, second: Resource): boolean {
    if (first.stack === second.stack) return this.before(second).has(first);
    return this.earlier.get(second.stack.name)?.has(first.stack.name) ?? false;
  }

  private before(resource: Resource): ReadonlySet<Resource> {
    const known = this.known.get(resource);
    if (known) return known;
    const found = new Set<Resource>();
    this.known.set(resource, found);
    for (const dependency of dependencies(resource, this.assembly)) {
      if (dependency.stack !== resource.stack) continue;
      found.add(dependency);
      for (const further of this.before(dependency)) found.add(further);
    }
    return found;
  }
}
