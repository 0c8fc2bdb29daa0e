// npm run lake -- ...: restores files of the lake, and reconciles its catalogue with the objects that are there.
import { LambdaClient } from '@aws-sdk/client-lambda';
import { command, runCommands } from './command-line';
import { configuredSite } from './configured-site';
import { giveUpObject, giveUpOptions, giveUpUsage } from './lake/give-up';
import { callFunction, placeOptions } from './lake/invoke';
import { reconcileLake, reconcileOptions, reconcileUsage } from './lake/reconcile';
import { listErasuresInto, listOptions, listUsage, repeatErasures, repeatOptions, repeatUsage } from './lake/repeat-erasures';
import { restoreFile, restoreOptions, restoreUsage } from './lake/restore';

const usage = `npm run lake -- COMMAND [options]

Works on the lake of a deployment by its functions, which have the rights on the objects of one site at a time.

  restore    restore a file whose object is gone or damaged from a version of it
  reconcile  compare the catalogue with the objects, and make them equal
  give-up    give up a file that cannot come back, or an object without an entry
  erasures   list the erasures since a time, before a restored database takes the place of this one
  repeat     repeat them

npm run lake -- COMMAND --help prints the options of a command. See the runbook: Restore the database, A file of the lake is gone.`;

type Place = { readonly deployment?: string | undefined; readonly recovery?: boolean | undefined };
const caller = ({ deployment = 'production', recovery }: Place) => {
  const site = configuredSite({ deployment, site: recovery === true ? 'recovery' : 'home' });
  return callFunction(site, new LambdaClient({ region: site.region, maxAttempts: 1 }));
};

runCommands(usage, {
  restore: command({ usage: restoreUsage, options: { ...restoreOptions, ...placeOptions } }, (values) =>
    restoreFile(values, caller(values)),
  ),
  reconcile: command({ usage: reconcileUsage, options: { ...reconcileOptions, ...placeOptions } }, (values) =>
    reconcileLake(values, caller(values)),
  ),
  'give-up': command({ usage: giveUpUsage, options: { ...giveUpOptions, ...placeOptions } }, (values) =>
    giveUpObject(values, caller(values)),
  ),
  erasures: command({ usage: listUsage, options: { ...listOptions, ...placeOptions } }, (values) =>
    listErasuresInto(values, caller(values)),
  ),
  repeat: command({ usage: repeatUsage, options: { ...repeatOptions, ...placeOptions } }, (values) =>
    repeatErasures(values, caller(values)),
  ),
});
