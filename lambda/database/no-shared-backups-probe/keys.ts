// The keys of the deployment as AWS tells of them.
import { GetKeyPolicyCommand, type GrantListEntry, KMSClient, paginateListGrants } from '@aws-sdk/client-kms';

/** What the probe needs of the key service. */
export interface Keys {
  /** The key's policy, as text. */
  policy(key: string): Promise<string>;
  grants(key: string): Promise<GrantListEntry[]>;
}

/** The keys of the function's own region. */
export function keysOfThisRegion(): Keys {
  const client = new KMSClient({});
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
