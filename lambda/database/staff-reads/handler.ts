// Reads of support staff and auditors, as the database role of the person. Called by npm run access.
import { verifiedCaller } from '../../../runtime/staff/caller';
import { signInWith } from '../../../runtime/staff/sign-in';
import { readEnvironment } from './env';
import { type ReadResult, readAsPerson } from './read';

const environment = readEnvironment(process.env);
const open = signInWith(environment, process.env.AWS_REGION ?? '');

export const handler = async (event: unknown): Promise<ReadResult> => {
  const { ACCOUNT: account, FUNCTION_ARN: functionArn, STS_URL: stsUrl } = environment;
  const verified = await verifiedCaller(event, { account, functionArn, stsUrl, now: () => new Date() });
  return readAsPerson(open, verified, environment.CALLER_ROLE);
};
