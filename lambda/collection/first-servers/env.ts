// Environment contract between construct and handler.
import { type Forms, readVariables, type Variables } from '../../../runtime/environment';

/** Environment of the function `first-servers`. */
export interface FirstServersEnvironment {
  /** ARN of the target group by which the load balancer checks the servers. */
  readonly TARGET_GROUP: string;
  /** Servers that must be healthy at once, as in `2`. */
  readonly SERVERS: string;
}

const forms: Forms<FirstServersEnvironment> = {
  TARGET_GROUP: [
    /^arn:aws:elasticloadbalancing:[a-z0-9-]+:\d{12}:targetgroup\/[A-Za-z0-9-]{1,32}\/[0-9a-f]+$/,
    'the ARN of a target group',
  ],
  SERVERS: [/^[1-9]\d{0,2}$/, 'a number of servers from 1 to 999'],
};

/** Reads the contract from the environment of the process; throws where it is broken. */
export const readEnvironment = (from: Variables): FirstServersEnvironment =>
  readVariables(from, forms, 'deploy the collection stack again');
