// The versions of the context key in the database, written as the owner of their table. (TOM-3.10)
import type { DatabaseClient } from '../../../runtime/database-connection';
import type { InstalledKeys } from './rotate';

/**
 * Each call is one transaction.
 *
 * @param withConnection runs work on a connection of the master user, then ends the connection
 */
export function installedKeys(withConnection: (work: (client: DatabaseClient) => Promise<void>) => Promise<void>): InstalledKeys {
  const asOwner = (statement: string, values: readonly (number | Buffer)[]) =>
    withConnection(async (client) => {
      await client.query('begin');
      try {
        await client.query('set local role rempart_owner');
        await client.query(statement, [...values]);
        await client.query('commit');
      } catch (error) {
        await client.query('rollback').catch(() => undefined);
        throw error;
      }
    });
  return {
    install: ({ version, key }) => asOwner('select rempart_private.install_context_key($1, $2)', [version, key]),
    retireBefore: (version) => asOwner('delete from rempart_private.context_keys where version < $1', [version]),
  };
}
