// A process that starts a local server, says its port, and waits to be killed.
import { startServer } from '../../../tools/local-database/server';

void startServer().then(({ port }) => process.stdout.write(`${port}\n`));
setInterval(() => undefined, 1000);
