// Set-up of the tests of a function with a database: the local server, the surroundings, and instances of the deployed
// bundle.
import type { Environment } from '../../../lambda/database/migrations/settle';
import { type LocalDatabase, startDatabase } from '../../../tools/local-database/rempart';
import { deployedFunctionTimeLimit } from '../../time-limits';
import { customResourceEvent, type RequestType } from '../custom-resource';
import type { CloudFormationAnswer } from './aws-endpoint';
import { type Instance, keySecret, type Surroundings, surround } from './surroundings';

/** Variables of a function; `undefined` leaves one out. */
type Changes = Readonly<Record<string, string | undefined>>;

export interface DeployedFunction {
  readonly db: LocalDatabase;
  readonly around: Surroundings;
  /** Starts an instance with the function's variables and these changes. Throws the error of the module. */
  start(changes?: Changes): Promise<Instance>;
  /** Calls a new instance as CloudFormation does. Returns its answers. */
  answers(type: RequestType, changes?: Changes): Promise<readonly CloudFormationAnswer[]>;
}

/**
 * Starts a server and the surroundings of one function before the tests of a file, and stops them after these.
 *
 * @param variables the function's own; those of the database are added
 */
export function deployFunction(control: string, variables: Changes, environment?: Environment): DeployedFunction {
  jest.setTimeout(deployedFunctionTimeLimit);
  let db: LocalDatabase | undefined;
  let around: Surroundings | undefined;
  beforeAll(async () => {
    db = await startDatabase(environment);
    around = await surround(db.server.port);
    around.aws.setSecret('context-key', keySecret(db.contextKey));
  });
  afterAll(async () => {
    await around?.close();
    await db?.close();
  });
  return {
    get db() {
      return started(db);
    },
    get around() {
      return started(around);
    },
    start(changes = {}) {
      const all = Object.entries({ ...this.around.database, ...variables, ...changes });
      return this.around.start(control, Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined)));
    },
    async answers(type, changes) {
      const instance = await this.start(changes);
      await instance.invoke(customResourceEvent(type, this.around.aws.answerUrl));
      return this.around.aws.answers.splice(0);
    },
  };
}

function started<T>(part: T | undefined): T {
  if (part === undefined)
    throw new Error('deployFunction: expected a use within a test, got one before the set-up; use it in a test or in a later beforeAll');
  return part;
}
