// The policies and grants of the deployment's keys.
import { GetKeyPolicyCommand, type GrantListEntry, KMSClient, paginateListGrants } from '@aws-sdk/client-kms';

/** The calls to KMS that the probe makes. */
export interface Keys {
  /** The key's policy, as text. */
  policy(key: string): Promise<string>;
  grants(key: string): Promise<GrantListEntry[]>;
}

/** The keys of a region. */
export function keysOf(region: string): Keys {
  const client = new KMSClient({ region });
  return {
    async policy(key) {
      const { Policy } = await client.send(new GetKeyPolicyCommand({ KeyId: key, PolicyName: 'default' }));
      return Policy ?? '';
    },
    async grants(key) {
      const found: GrantListEntry[] = [];
      for await (const page of paginateListGrants({ client }, { KeyId: key })) found.push(...(page.Grants ?? []));
      return found;
    },
  };
}
