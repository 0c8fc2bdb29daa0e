// A run of the migrations as a process of its own, for the test that kills it. Arguments: port, database, folder.

import { migrate } from '../../../../lambda/database/migrations/migrate';
import { connectDirectly } from '../../../../runtime/database-connection';
import { localPassword } from '../../../../tools/local-database/aurora';

async function run(): Promise<void> {
  const [port, database = '', folder = ''] = process.argv.slice(2);
  const credentials = { password: localPassword };
  const client = await connectDirectly({ host: '127.0.0.1', port: Number(port), database, user: 'rempart_admin', credentials, tls: 'off' });
  await migrate(client, folder);
  await client.end();
}

void run();
