// The boundary of a role that has another one than every role.
import type { IConstruct } from 'constructs';

/** Construct metadata with the name of the boundary's managed policy. */
const boundaryMetadataKey = 'rempart:boundary';

/** Gives a role another boundary, by the name of its managed policy. (TOM-3.5) */
export function boundBy(role: IConstruct, policyName: string): void {
  role.node.addMetadata(boundaryMetadataKey, policyName);
}

/** The name of the other boundary of a role, given its resource; `undefined` for one without. */
export const boundaryOf = (resource: IConstruct): string | undefined =>
  resource.node.scope?.node.metadata.find(({ type }) => type === boundaryMetadataKey)?.data as string | undefined;
